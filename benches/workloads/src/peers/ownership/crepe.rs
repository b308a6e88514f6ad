//! `ownership.dl` for crepe, translated by `onus-benches --translate`: not edited by hand.

use crate::peers::run_crepe;

crepe::crepe! {
@input
struct Service(u32);
@input
struct Kind(u32, u32);
@input
struct Requires(u32, u32);
@input
struct Waived(u32, u32);
@input
struct Provides(u32, u32);
@input
struct Runs(u32, u32);
@input
struct BuiltOn(u32, u32);
@input
struct Passes(u32, u32);
@input
struct Owns(u32, u32, u32);
@input
struct Excluded(u32, u32, u32);
@input
struct Delegates(u32, u32, u32);
@input
struct Revoked(u32, u32);
@input
struct Certified(u32, u32);
@input
struct Subprocessor(u32, u32);
@input
struct Employs(u32, u32, u32);
@input
struct Absent(u32);
@input
struct Agreed(u32, u32);
@input
struct Region(u32, u32);
@input
struct Allowed(u32, u32);
@output
struct Stack(u32, u32);
@output
struct Behind(u32, u32);
@output
struct Circular(u32);
@output
struct Chain(u32, u32);
@output
struct Owner(u32, u32, u32);
@output
struct OwnLayer(u32, u32);
@output
struct Inherited(u32, u32, u32);
@output
struct Answers(u32, u32, u32);
@output
struct Covered(u32, u32);
@output
struct Needs(u32, u32);
@output
struct Gap(u32, u32);
@output
struct Several(u32, u32);
@output
struct Sole(u32, u32, u32);
@output
struct Conflict(u32, u32, u32, u32);
@output
struct Qualified(u32, u32);
@output
struct Unqualified(u32, u32, u32);
@output
struct Leans(u32, u32);
@output
struct Accountable(u32, u32, u32);
@output
struct Exposed(u32, u32);
@output
struct Disputed(u32, u32);
@output
struct Risky(u32, u32);
@output
struct Present(u32, u32, u32);
@output
struct Contact(u32, u32, u32);
@output
struct Staffed(u32, u32);
@output
struct Unstaffed(u32, u32, u32);
@output
struct Acts(u32, u32);
@output
struct Idle(u32, u32);
@output
struct Abroad(u32, u32, u32);
@output
struct Clean(u32, u32);
Stack(c, s) <- Runs(c, s);
Stack(c, t) <- Stack(c, s), BuiltOn(s, t);
Behind(s, t) <- BuiltOn(s, t);
Behind(s, u) <- Behind(s, t), BuiltOn(t, u);
Circular(s) <- Behind(s, s_again), (s == s_again);
Chain(p, q) <- Subprocessor(p, q);
Chain(p, r) <- Chain(p, q), Subprocessor(q, r);
Owner(s, l, p) <- Owns(p, s, l), !Excluded(p, s, l);
Owner(s, l, q) <- Owner(s, l, p), Delegates(p, q, l), !Revoked(q, l);
OwnLayer(s, l) <- Owner(s, l, _);
Inherited(s, l, p) <- Owner(t, l, p), Passes(t, l), BuiltOn(s, t);
Inherited(s, l, p) <- Inherited(t, l, p), Passes(t, l), BuiltOn(s, t);
Answers(s, l, p) <- Owner(s, l, p);
Answers(s, l, p) <- Inherited(s, l, p), !OwnLayer(s, l);
Covered(s, l) <- Answers(s, l, _);
Needs(s, l) <- Service(s), Kind(s, k), Requires(k, l), !Waived(s, l);
Gap(s, l) <- Needs(s, l), !Covered(s, l);
Several(s, l) <- Answers(s, l, p), Answers(s, l, q), (p != q);
Sole(s, l, p) <- Answers(s, l, p), !Several(s, l);
Conflict(s, l, p, q) <- Answers(s, l, p), Answers(s, l, q), (p < q), !Agreed(p, q);
Qualified(p, l) <- Certified(p, l), !Revoked(p, l);
Unqualified(s, l, p) <- Answers(s, l, p), !Qualified(p, l);
Leans(c, p) <- Stack(c, s), Provides(p, s);
Leans(c, q) <- Stack(c, s), Provides(p, s), Chain(p, q);
Accountable(c, l, p) <- Stack(c, s), Sole(s, l, p);
Exposed(c, l) <- Stack(c, s), Gap(s, l);
Disputed(c, l) <- Stack(c, s), Conflict(s, l, _, _);
Risky(c, s) <- Stack(c, s), Unqualified(s, _, _);
Present(p, h, l) <- Employs(p, h, l), !Absent(h);
Contact(c, l, h) <- Accountable(c, l, p), Present(p, h, l);
Staffed(p, l) <- Present(p, _, l);
Unstaffed(s, l, p) <- Sole(s, l, p), !Staffed(p, l);
Acts(p, l) <- Answers(_, l, p);
Idle(p, l) <- Certified(p, l), !Acts(p, l);
Abroad(c, s, r) <- Stack(c, s), Region(s, r), !Allowed(c, r);
Clean(c, s) <- Runs(c, s), !Risky(c, s), !Circular(s);
}

run_crepe!(
    [
        Service = service(a),
        Kind = kind(a, b),
        Requires = requires(a, b),
        Waived = waived(a, b),
        Provides = provides(a, b),
        Runs = runs(a, b),
        BuiltOn = built_on(a, b),
        Passes = passes(a, b),
        Owns = owns(a, b, c),
        Excluded = excluded(a, b, c),
        Delegates = delegates(a, b, c),
        Revoked = revoked(a, b),
        Certified = certified(a, b),
        Subprocessor = subprocessor(a, b),
        Employs = employs(a, b, c),
        Absent = absent(a),
        Agreed = agreed(a, b),
        Region = region(a, b),
        Allowed = allowed(a, b)
    ],
    [
        stack(0, 1),
        behind(0, 1),
        circular(0),
        chain(0, 1),
        owner(0, 1, 2),
        own_layer(0, 1),
        inherited(0, 1, 2),
        answers(0, 1, 2),
        covered(0, 1),
        needs(0, 1),
        gap(0, 1),
        several(0, 1),
        sole(0, 1, 2),
        conflict(0, 1, 2, 3),
        qualified(0, 1),
        unqualified(0, 1, 2),
        leans(0, 1),
        accountable(0, 1, 2),
        exposed(0, 1),
        disputed(0, 1),
        risky(0, 1),
        present(0, 1, 2),
        contact(0, 1, 2),
        staffed(0, 1),
        unstaffed(0, 1, 2),
        acts(0, 1),
        idle(0, 1),
        abroad(0, 1, 2),
        clean(0, 1)
    ]
);
