//! Why and why not, in the words of the command line.

use insta::assert_snapshot;

use crate::support::{small, talk};

#[test]
fn explanations_follow_answers() {
    assert_snapshot!(talk(&mut small(), r#"
        :why
        reach("bern", to)?
        :why #2
        :why 1
        :why reach("bern", "chur")
        :why #9
        :why 7.7
        :why reach("chur", "bern")
        exits("bern", n), n > 1?
        :why
        :facts road
        :why #3
        :why rech("a", "b")
    "#), @r#"
    onus> :why
    error[E0901]: there is no last answer
     --> <prompt>:1:1
      |
    1 | :why
      | ^^^^
      |
      = help: ask a goal first, then `:why #2` for its second row
    onus> reach("bern", to)?
    to
    "basel"
    "chur"
    onus> :why #2
     1 one can go from bern to chur     [by-road] <prompt>:9
     `- a road leads from bern to chur  * given <prompt>:14
     3 steps, shown in 2 - folded: 1 routine absence - next  :critical   :witnesses
    onus> :why 1
     1 one can go from bern to chur     [by-road] <prompt>:9
     |- a road leads from bern to chur  * given <prompt>:14
     `- 1.1 !closed("chur")             ! absent
     3 steps
    onus> :why reach("bern", "chur")
     1 one can go from bern to chur     [by-road] <prompt>:9
     `- a road leads from bern to chur  * given <prompt>:14
     3 steps, shown in 2 - folded: 1 routine absence - next  :critical   :witnesses
    onus> :why #9
    error[E0901]: there is no row 9
     --> <prompt>:1:1
      |
    1 | :why #9
      | ^^^^^^^
      |
      = help: the last answer has 2 rows
    onus> :why 7.7
    error[E0901]: the proof has no step 7.7
     --> <prompt>:1:1
      |
    1 | :why 7.7
      | ^^^^^^^^
      |
      = help: its steps are 1
    onus> :why reach("chur", "bern")
     !reach("chur", "bern")                x does not hold
     1 one can go from chur to bern        would follow by [by-road] <prompt>:9 but 1 of 2 literals fails
     |  a road leads from chur to bern     x never given
     2 one can go from chur to bern        would follow by [further] <prompt>:11 but 2 of 3 literals fail
     |  one can go from chur to ?y         x missing
     |    one can go from bern to basel    ~ near: other from
     |    one can go from bern to chur     ~ near: other from
     |  a road leads from ?y to bern       x never given
     |    a road leads from basel to chur  ~ near: other to
     |    a road leads from bern to basel  ~ near: other to
     missing +road("chur", "bern", 100)  a road leads from chur to bern
     tried: this would make it true, and so would others - next  :why-not --fix
    onus> exits("bern", n), n > 1?
    n
    2
    onus> :why
     1 exits("bern", 2)                             <prompt>:13
     |- a road leads from bern to basel             * given <prompt>:14
     `- 2 count : { road(x, _, _) } for x = "bern"  # counted 2
        |- a road leads from bern to basel          * given <prompt>:14
        `- a road leads from bern to chur           * given <prompt>:14
     5 steps - folded: 1 comparison - 1 other way - next  :why 2   :critical   :why --all
    onus> :facts road
    from     to       length
    "basel"  "chur"      200
    "bern"   "basel"     100
    "bern"   "chur"      240
    onus> :why #3
     1 a road leads from bern to chur  * given <prompt>:14
     a given fact
    onus> :why rech("a", "b")
    error[E0201]: no relation is called `rech`
     --> <atom>:1:1
      |
    1 | rech("a", "b")
      | ^^^^ not declared
      |
      = help: did you mean `reach`?
    "#);
}

#[test]
fn what_is_asked_about_tuples_is_asked_in_the_same_words_as_on_the_command_line() {
    assert_snapshot!(talk(&mut small(), r#"
        :critical
        :why reach("bern", "chur")
        :critical
        :witnesses
        :why --all reach("bern", "chur")
        :why --smallest --whole reach("basel", x)
        :why --format=mermaid reach("basel", x)
        :why --format=pdf reach("basel", x)
        :why --al reach("basel", x)
        :why-not
        :why-not reach("chur", "basel")
        :why-not --fix
        :why-not reach("bern", x)
        closed("chur").
        :why-not reach("bern", "chur") --fix
        :critical reach("bern", "chur")
        :undo
        :why reach("bern", "basel")
        :why 1
        :why 1.1
        :why 1.7
    "#), @r#"
    onus> :critical
    error[E0901]: there is no last proof
     --> <prompt>:1:1
      |
    1 | :critical
      | ^^^^^^^^^
      |
      = help: `:critical FACT` names the tuple
    onus> :why reach("bern", "chur")
     1 one can go from bern to chur     [by-road] <prompt>:9
     `- a road leads from bern to chur  * given <prompt>:14
     3 steps, shown in 2 - folded: 1 routine absence - next  :critical   :witnesses
    onus> :critical
     one can go from bern to chur
       rule    [by-road]           <prompt>:9
       absence !closed("chur")     ! must stay so
       one of  a road leads from basel to chur or a road leads from bern to chur
       one of  a road leads from bern to basel or a road leads from bern to chur
     0 facts and 1 rule in every proof - 2 pairs of which one suffices - 5 tuples, 3 rule instances bear on it
    onus> :witnesses
     one can go from bern to chur
       1       1 fact suffices
               a road leads from bern to chur   <prompt>:14
       2       2 facts together suffice
               a road leads from basel to chur  <prompt>:14
               a road leads from bern to basel  <prompt>:14
     2 minimal sets - there are no others - what is absent or counted is taken as it is
    onus> :why --all reach("bern", "chur")
    proof 1 of 2, size 3
     1 one can go from bern to chur     [by-road] <prompt>:9
     `- a road leads from bern to chur  * given <prompt>:14
     3 steps, shown in 2 - folded: 1 routine absence

    proof 2 of 2, size 6
     1 one can go from bern to chur         [further] <prompt>:11
     |- a road leads from basel to chur     * given <prompt>:14
     `- 2 one can go from bern to basel     [by-road] <prompt>:9
        `- a road leads from bern to basel  * given <prompt>:14
     6 steps, shown in 4 - folded: 2 routine absences

    2 proofs, and there are no others; steps are those of proof 1
    onus> :why --smallest --whole reach("basel", x)
     1 one can go from basel to chur     [by-road] <prompt>:9
     |- a road leads from basel to chur  * given <prompt>:14
     `- 2 !closed("chur")                ! absent
     3 steps - next  :critical   :witnesses
    onus> :why --format=mermaid reach("basel", x)
    flowchart TB
      n2("one can go from basel to chur<br/>#91;by-road#93;")
      n0["a road leads from basel to chur<br/>given, #60;prompt#62;:14"]
      n2 --> n0
    onus> :why --format=pdf reach("basel", x)
    error[E0901]: this answer has no form `pdf`
     --> <prompt>:1:15
      |
    1 | :why --format=pdf reach("basel", x)
      |               ^^^
      |
      = help: its forms are table, json, dot, mermaid, facts
    onus> :why --al reach("basel", x)
    error[E0901]: there is no `--al` here
     --> <prompt>:1:6
      |
    1 | :why --al reach("basel", x)
      |      ^^^^
      |
      = help: did you mean `--all`?
    onus> :why-not
    reach("basel", "chur") holds:
     1 one can go from basel to chur     [by-road] <prompt>:9
     `- a road leads from basel to chur  * given <prompt>:14
     3 steps, shown in 2 - folded: 1 routine absence - next  :critical   :witnesses
    onus> :why-not reach("chur", "basel")
     !reach("chur", "basel")               x does not hold
     1 one can go from chur to basel       would follow by [by-road] <prompt>:9 but 1 of 2 literals fails
     |  a road leads from chur to basel    x never given
     |    a road leads from bern to basel  ~ near: other from
     2 one can go from chur to basel       would follow by [further] <prompt>:11 but 1 of 3 literals fails
     |  one can go from chur to bern       x missing
     missing +road("chur", "basel", 100)  a road leads from chur to basel
     tried: this would make it true, and so would others - next  :why-not --fix
    onus> :why-not --fix
     !reach("chur", "basel")               x does not hold
     1 one can go from chur to basel       would follow by [by-road] <prompt>:9 but 1 of 2 literals fails
     |  a road leads from chur to basel    x never given
     |    a road leads from bern to basel  ~ near: other from
     2 one can go from chur to basel       would follow by [further] <prompt>:11 but 1 of 3 literals fails
     |  one can go from chur to bern       x missing
     fix 1 +road("chur", "basel", 100)      a road leads from chur to basel
     |  one can go from chur to basel       holds [by-road] <prompt>:9
     |    also changes: reach +3, exits +1
     fix 2 +road("chur", "basel", 200)      a road leads from chur to basel
     |  one can go from chur to basel       holds [by-road] <prompt>:9
     |    also changes: reach +3, exits +1
     fix 3 +road("chur", "basel", 240)      a road leads from chur to basel
     |  one can go from chur to basel       holds [by-road] <prompt>:9
     |    also changes: reach +3, exits +1
     each fix was tried and works; no part of it does - next  :what-if +road("chur", "basel", 100).
    onus> :why-not reach("bern", x)
    reach("bern", "basel") holds:
     1 one can go from bern to basel     [by-road] <prompt>:9
     `- a road leads from bern to basel  * given <prompt>:14
     3 steps, shown in 2 - folded: 1 routine absence - next  :critical   :witnesses
     1 of 2 tuples that match reach("bern", x)
    onus> closed("chur").
    closed +1, reach -2
    onus> :why-not reach("bern", "chur") --fix
     !reach("bern", "chur")          x does not hold
     1 one can go from bern to chur  would follow by [by-road] <prompt>:9 but 1 of 2 literals fails
     |  closed("chur")               x blocks closed(y)
     2 one can go from bern to chur  would follow by [further] <prompt>:11 but 1 of 3 literals fails
     |  closed("chur")               x blocks closed(z)
     fix 1 -closed("chur")
     |  one can go from bern to chur  holds [by-road] <prompt>:9
     |    also changes: reach +2
     each fix was tried and works; no part of it does - next  :what-if -closed("chur").
    onus> :critical reach("bern", "chur")
     !reach("bern", "chur")          x does not hold
     1 one can go from bern to chur  would follow by [by-road] <prompt>:9 but 1 of 2 literals fails
     |  closed("chur")               x blocks closed(y)
     2 one can go from bern to chur  would follow by [further] <prompt>:11 but 1 of 3 literals fails
     |  closed("chur")               x blocks closed(z)
     missing -closed("chur")
     tried: this would make it true - next  :why-not --fix
    onus> :undo
    closed -1, reach +2
    onus> :why reach("bern", "basel")
     1 one can go from bern to basel     [by-road] <prompt>:9
     `- a road leads from bern to basel  * given <prompt>:14
     3 steps, shown in 2 - folded: 1 routine absence - next  :critical   :witnesses
    onus> :why 1
     1 one can go from bern to basel     [by-road] <prompt>:9
     |- a road leads from bern to basel  * given <prompt>:14
     `- 1.1 !closed("basel")             ! absent
     3 steps
    onus> :why 1.1
     !closed("basel")  x was never given
    onus> :why 1.7
    error[E0901]: the proof has no step 1.7
     --> <prompt>:1:1
      |
    1 | :why 1.7
      | ^^^^^^^^
      |
      = help: did you mean 1.1?
    "#);
}

/// The first word of what is told of a schema, where a document is told.
fn schema(text: &str) -> &str {
    text.split("\"schema\": \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("none")
}

#[test]
fn documents_are_told_where_they_are_asked_for() {
    let mut prompt = small();
    let mut says = |line: &str| {
        let told = talk(&mut prompt, line);
        (schema(&told).to_owned(), told)
    };
    for (line, form) in [
        (r#":why --format json reach("bern", "chur")"#, "onus-proof/1"),
        (r#":why reach("bern", "chur") --all --format=json"#, "onus-proofs/1"),
        (":critical --format json", "onus-critical/1"),
        (r#":witnesses reach("bern", "chur") --format=json"#, "onus-witnesses/1"),
        (r#":why-not --format json --fix reach("chur", "bern")"#, "onus-why-not/1"),
        (r#":what-if -road("bern", "chur", 240). --format json"#, "onus-diff/1"),
        (":critical --format dot", "none"),
        (":set format json", "none"),
        (":witnesses", "onus-witnesses/1"),
        (":why --format table reach(\"bern\", \"chur\")", "none"),
        (":what-if --all -road(\"bern\", \"chur\", 240).", "onus-diff/1"),
    ] {
        let (found, told) = says(line);
        assert_eq!(found, form, "{line}: {told}");
    }
}

#[test]
fn steps_open_by_the_switch_of_the_command_line_too() {
    let mut prompt = small();
    let opened = talk(&mut prompt, ":why reach(\"bern\", \"chur\") --step 1\n:why --step 1");
    let halves: Vec<&str> = opened.split("onus> ").skip(1).map(|part| part.split_once('\n').unwrap().1).collect();
    assert_eq!(halves[0], halves[1], "{opened}");
    assert!(halves[0].contains("road"), "{opened}");
}
