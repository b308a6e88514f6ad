//! Components: instances, inheritance, parameters, overriding.

use crate::support::{errors, rules};

#[test]
fn an_instance_has_names_of_its_own() {
    insta::assert_snapshot!(rules("
        .decl edge(x: number, y: number)
        .comp Closure<T> {
            .decl step(x: T, y: T)
            .decl reach(x: T, y: T)
            reach(x, y) :- step(x, y).
            reach(x, z) :- reach(x, y), step(y, z).
        }
        .init c = Closure<number>
        c.step(x, y) :- edge(x, y).
        edge(x, x) :- c.reach(x, x).
    "), @r#"
    c.reach(x, y) :- c.step(x, y).
    c.reach(x, z) :- c.reach(x, y), c.step(y, z).
    c.step(x, y) :- edge(x, y).
    edge(x, x) :- c.reach(x, x).
    "#);
}

#[test]
fn bases_are_inherited_and_overridden() {
    insta::assert_snapshot!(rules("
        .decl seed(x: number)
        .comp Base<T> {
            .type Id <: T
            .decl a(x: Id) overridable
            .decl b(x: Id)
            a(x) :- b(x).
            b(as(1, Id)).
        }
        .comp Derived<K> : Base<K> {
            .override a
            a(x) :- b(x), x > 0.
            seed(as(x, number)) :- a(x).
        }
        .init d = Derived<number>
    "), @r#"
    d.a(x) :- d.b(x), x > 0.
    seed(as(x, number -> number)) :- d.a(x).
    "#);
}

#[test]
fn instances_nest_and_parameters_name_components() {
    insta::assert_snapshot!(rules("
        .decl top(x: number)
        .comp One { .decl r(x: number) r(1). }
        .comp Outer<C, T> {
            .type Tree = Leaf {} | Node {v: T}
            .comp Inner { .decl s(x: T) s(x) :- up(x), one.r(x). }
            .decl up(x: T) .decl t(x: Tree)
            .init one = C
            .init in = Inner
            t($Node(x)) :- in.s(x), $Node(x) != $Leaf(), x < count : { one.r(x) }.
            top(x) :- in.s(x).
        }
        .init o = Outer<One, number>
        top(x) :- o.in.s(x), o.one.r(x).
    "), @r#"
    o.in.s(x) :- o.up(x), o.one.r(x).
    o.t(o.Tree$1(x)) :- o.in.s(x), o.Tree$1(x) != $o.Leaf(), _1 = count : number{ o.one.r(x) }|x||, x < _1.
    top(x) :- o.in.s(x).
    top(x) :- o.in.s(x), o.one.r(x).
    "#);
}

#[test]
fn faults_in_components_are_told() {
    insta::assert_snapshot!(errors("
        .comp A<T> { .decl r(x: T) }
        .comp A { }
        .comp B : B { }
        .comp C : A<number> { .override r .override q }
        .comp D { .init d = D }
        .init a = A
        .init b = B
        .init c = C
        .init c = C
        .init d = D
        .init e = Aa<number>
        a.r(1).
        c.s(1).
    "), @r#"
    error[E0203]: the component `A` is declared twice
     --> p.dl:3:15
      |
    2 |         .comp A<T> { .decl r(x: T) }
      |               - first declared here
    3 |         .comp A { }
      |               ^ declared again

    error[E0106]: `B` holds or inherits itself, or components are nested deeper than 100 levels
     --> p.dl:4:19
      |
    4 |         .comp B : B { }
      |                   ^ without end

    error[E0203]: `r` is not overridable
     --> p.dl:5:41
      |
    2 |         .comp A<T> { .decl r(x: T) }
      |                            - declared here, without `overridable`
    ...
    5 |         .comp C : A<number> { .override r .override q }
      |                                         ^ overridden here

    error[E0201]: no inherited component declares `q`
     --> p.dl:5:53
      |
    5 |         .comp C : A<number> { .override r .override q }
      |                                                     ^ nothing to override

    error[E0106]: `D` holds or inherits itself, or components are nested deeper than 100 levels
     --> p.dl:6:29
      |
    6 |         .comp D { .init d = D }
      |                             ^ without end

    error[E0204]: `A` has 1 parameter, not 0
     --> p.dl:7:19
      |
    2 |         .comp A<T> { .decl r(x: T) }
      |               - declared here
    ...
    7 |         .init a = A
      |                   ^ 0 parameters here

    error[E0203]: the instance `c` is declared twice
      --> p.dl:10:15
       |
     9 |         .init c = C
       |               - first declared here
    10 |         .init c = C
       |               ^ declared again

    error[E0207]: no component is called `Aa`
      --> p.dl:12:19
       |
    12 |         .init e = Aa<number>
       |                   ^^ not declared
       |
       = help: did you mean `A`?

    error[E0201]: no relation is called `c.s`
      --> p.dl:14:9
       |
    14 |         c.s(1).
       |         ^^^ not declared
       |
       = help: did you mean `c.r`?
    "#);
}
