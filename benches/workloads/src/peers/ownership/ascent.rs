//! `ownership.dl` for ascent, translated by `onus-benches --translate`: not edited by hand.

use crate::peers::run_ascent;

macro_rules! program {
    ($macro:ident, $name:ident) => {
        ascent::$macro! {
        struct $name;
        relation service(u32);
        relation kind(u32, u32);
        relation requires(u32, u32);
        relation waived(u32, u32);
        relation provides(u32, u32);
        relation runs(u32, u32);
        relation built_on(u32, u32);
        relation passes(u32, u32);
        relation owns(u32, u32, u32);
        relation excluded(u32, u32, u32);
        relation delegates(u32, u32, u32);
        relation revoked(u32, u32);
        relation certified(u32, u32);
        relation subprocessor(u32, u32);
        relation employs(u32, u32, u32);
        relation absent(u32);
        relation agreed(u32, u32);
        relation region(u32, u32);
        relation allowed(u32, u32);
        relation stack(u32, u32);
        relation behind(u32, u32);
        relation circular(u32);
        relation chain(u32, u32);
        relation owner(u32, u32, u32);
        relation own_layer(u32, u32);
        relation inherited(u32, u32, u32);
        relation answers(u32, u32, u32);
        relation covered(u32, u32);
        relation needs(u32, u32);
        relation gap(u32, u32);
        relation several(u32, u32);
        relation sole(u32, u32, u32);
        relation conflict(u32, u32, u32, u32);
        relation qualified(u32, u32);
        relation unqualified(u32, u32, u32);
        relation leans(u32, u32);
        relation accountable(u32, u32, u32);
        relation exposed(u32, u32);
        relation disputed(u32, u32);
        relation risky(u32, u32);
        relation present(u32, u32, u32);
        relation contact(u32, u32, u32);
        relation staffed(u32, u32);
        relation unstaffed(u32, u32, u32);
        relation acts(u32, u32);
        relation idle(u32, u32);
        relation abroad(u32, u32, u32);
        relation clean(u32, u32);
        stack(c, s) <-- runs(c, s);
        stack(c, t) <-- stack(c, s), built_on(s, t);
        behind(s, t) <-- built_on(s, t);
        behind(s, u) <-- behind(s, t), built_on(t, u);
        circular(s) <-- behind(s, s);
        chain(p, q) <-- subprocessor(p, q);
        chain(p, r) <-- chain(p, q), subprocessor(q, r);
        owner(s, l, p) <-- owns(p, s, l), !excluded(p, s, l);
        owner(s, l, q) <-- owner(s, l, p), delegates(p, q, l), !revoked(q, l);
        own_layer(s, l) <-- owner(s, l, _);
        inherited(s, l, p) <-- owner(t, l, p), passes(t, l), built_on(s, t);
        inherited(s, l, p) <-- inherited(t, l, p), passes(t, l), built_on(s, t);
        answers(s, l, p) <-- owner(s, l, p);
        answers(s, l, p) <-- inherited(s, l, p), !own_layer(s, l);
        covered(s, l) <-- answers(s, l, _);
        needs(s, l) <-- service(s), kind(s, k), requires(k, l), !waived(s, l);
        gap(s, l) <-- needs(s, l), !covered(s, l);
        several(s, l) <-- answers(s, l, p), answers(s, l, q), if p != q;
        sole(s, l, p) <-- answers(s, l, p), !several(s, l);
        conflict(s, l, p, q) <-- answers(s, l, p), answers(s, l, q), if p < q, !agreed(p, q);
        qualified(p, l) <-- certified(p, l), !revoked(p, l);
        unqualified(s, l, p) <-- answers(s, l, p), !qualified(p, l);
        leans(c, p) <-- stack(c, s), provides(p, s);
        leans(c, q) <-- stack(c, s), provides(p, s), chain(p, q);
        accountable(c, l, p) <-- stack(c, s), sole(s, l, p);
        exposed(c, l) <-- stack(c, s), gap(s, l);
        disputed(c, l) <-- stack(c, s), conflict(s, l, _, _);
        risky(c, s) <-- stack(c, s), unqualified(s, _, _);
        present(p, h, l) <-- employs(p, h, l), !absent(h);
        contact(c, l, h) <-- accountable(c, l, p), present(p, h, l);
        staffed(p, l) <-- present(p, _, l);
        unstaffed(s, l, p) <-- sole(s, l, p), !staffed(p, l);
        acts(p, l) <-- answers(_, l, p);
        idle(p, l) <-- certified(p, l), !acts(p, l);
        abroad(c, s, r) <-- stack(c, s), region(s, r), !allowed(c, r);
        clean(c, s) <-- runs(c, s), !risky(c, s), !circular(s);
        }
    };
}

program!(ascent, Serial);
run_ascent!(
    serial,
    Serial,
    [
        service,
        kind,
        requires,
        waived,
        provides,
        runs,
        built_on,
        passes,
        owns,
        excluded,
        delegates,
        revoked,
        certified,
        subprocessor,
        employs,
        absent,
        agreed,
        region,
        allowed
    ],
    [
        stack,
        behind,
        circular,
        chain,
        owner,
        own_layer,
        inherited,
        answers,
        covered,
        needs,
        gap,
        several,
        sole,
        conflict,
        qualified,
        unqualified,
        leans,
        accountable,
        exposed,
        disputed,
        risky,
        present,
        contact,
        staffed,
        unstaffed,
        acts,
        idle,
        abroad,
        clean
    ]
);
program!(ascent_par, Parallel);
run_ascent!(
    parallel,
    Parallel,
    [
        service,
        kind,
        requires,
        waived,
        provides,
        runs,
        built_on,
        passes,
        owns,
        excluded,
        delegates,
        revoked,
        certified,
        subprocessor,
        employs,
        absent,
        agreed,
        region,
        allowed
    ],
    [
        stack,
        behind,
        circular,
        chain,
        owner,
        own_layer,
        inherited,
        answers,
        covered,
        needs,
        gap,
        several,
        sole,
        conflict,
        qualified,
        unqualified,
        leans,
        accountable,
        exposed,
        disputed,
        risky,
        present,
        contact,
        staffed,
        unstaffed,
        acts,
        idle,
        abroad,
        clean
    ]
);
