//! `points_to.dl` for ascent and crepe, translated by `onus-benches --translate`: not edited by hand. Without ascent's
//! parallel mode, which would take as long again to compile.

use super::{Peer, run_ascent, run_crepe};

pub(super) const PEERS: &[Peer] =
    &[Peer { engine: "ascent", run: serial }, Peer { engine: "crepe", run: with_crepe::run }];

ascent::ascent! {
struct Serial;
relation extends(u32, u32);
relation implements(u32, u32);
relation is_type(u32);
relation method_here(u32, u32, u32);
relation is_abstract(u32);
relation class_initialiser(u32, u32);
relation finaliser(u32, u32);
relation entry(u32);
relation heap_type(u32, u32);
relation array_of(u32, u32);
relation alloc(u32, u32, u32);
relation constant(u32, u32, u32);
relation copy(u32, u32);
relation cast(u32, u32, u32, u32);
relation load(u32, u32, u32, u32);
relation store(u32, u32, u32, u32);
relation load_static(u32, u32, u32);
relation store_static(u32, u32, u32);
relation load_array(u32, u32, u32);
relation store_array(u32, u32, u32);
relation virtual_call(u32, u32, u32, u32);
relation special_call(u32, u32, u32, u32);
relation static_call(u32, u32, u32);
relation actual(u32, u32, u32);
relation formal(u32, u32, u32);
relation this_var(u32, u32);
relation return_var(u32, u32);
relation assign_return(u32, u32);
relation var_in(u32, u32);
relation throws(u32, u32);
relation handler(u32, u32, u32);
relation exception(u32);
relation for_name(u32, u32, u32);
relation names(u32, u32);
relation class_object(u32, u32);
relation new_instance(u32, u32, u32);
relation instance(u32, u32);
relation thread_start(u32, u32, u32);
relation touches(u32, u32);
relation source(u32);
relation sink(u32, u32);
relation sanitiser(u32);
relation library(u32);
relation subtype(u32, u32);
relation declares(u32, u32);
relation dispatch(u32, u32, u32);
relation initialises(u32, u32);
relation heap_subtype(u32, u32);
relation caught(u32, u32);
relation reachable(u32, u32);
relation initialised(u32);
relation points(u32, u32, u32, u32);
relation field_points(u32, u32, u32, u32, u32);
relation array_points(u32, u32, u32, u32);
relation static_points(u32, u32, u32);
relation resolved(u32, u32, u32, u32, u32);
relation call_edge(u32, u32, u32, u32);
relation parameter(u32, u32, u32, u32);
relation thrown(u32, u32, u32, u32);
relation escapes(u32, u32, u32, u32);
relation site_in(u32, u32);
relation points_ci(u32, u32);
relation field_ci(u32, u32, u32);
relation called(u32, u32);
relation runs(u32);
relation pointing(u32);
relation dead_method(u32);
relation dead_site(u32);
relation answered(u32);
relation several(u32);
relation single(u32, u32);
relation inlinable(u32, u32);
relation may_fail(u32, u32, u32);
relation failing(u32);
relation safe_cast(u32, u32);
relation never_set(u32);
relation null_receiver(u32);
relation unused_class(u32);
relation uncaught(u32, u32);
relation useless_handler(u32, u32);
relation calls(u32, u32);
relation calls_plus(u32, u32);
relation recursive(u32);
relation leaf(u32);
relation calling(u32);
relation changes(u32, u32, u32);
relation reads(u32, u32, u32);
relation impure(u32);
relation pure(u32);
relation written(u32, u32);
relation read(u32, u32);
relation write_only(u32, u32);
relation unset_read(u32, u32, u32);
relation shared(u32);
relation allocated(u32, u32);
relation confined(u32, u32);
relation threaded(u32);
relation race(u32, u32, u32);
relation tainted(u32, u32);
relation tainted_field(u32, u32);
relation washed(u32);
relation leak(u32, u32, u32);
relation base_var(u32, u32);
relation alias(u32, u32);
subtype(t, t) <-- is_type(t);
subtype(t, u) <-- extends(t, u);
subtype(t, u) <-- implements(t, u);
subtype(t, v) <-- subtype(t, u), extends(u, v);
subtype(t, v) <-- subtype(t, u), implements(u, v);
declares(t, s) <-- method_here(t, s, _);
dispatch(t, s, m) <-- method_here(t, s, m), !is_abstract(m);
dispatch(t, s, m) <-- dispatch(u, s, m), extends(t, u), !declares(t, s);
initialises(t, m) <-- class_initialiser(t, m);
initialises(t, m) <-- initialises(u, m), extends(t, u);
heap_subtype(h, t) <-- heap_type(h, u), subtype(u, t);
caught(m, h) <-- exception(h), heap_subtype(h, t), handler(m, t, _);
reachable(0, m) <-- entry(m);
reachable(c, m) <-- call_edge(_, _, c, m);
reachable(0, m) <-- initialised(t), initialises(t, m);
initialised(t) <-- reachable(_, m), touches(m, t);
initialised(t) <-- reachable(_, m), alloc(_, h, m), heap_type(h, t);
initialised(u) <-- initialised(t), extends(t, u);
points(c, v, c, h) <-- reachable(c, m), alloc(v, h, m);
points(c, v, 0, h) <-- reachable(c, m), constant(v, h, m);
points(c, v, hc, h) <-- points(c, w, hc, h), copy(v, w);
points(c, v, hc, h) <-- points(c, w, hc, h), cast(v, w, t, _), heap_subtype(h, t);
points(c, v, hc, h) <-- points(c, b, bc, o), load(v, b, f, _), field_points(bc, o, f, hc, h);
points(c, v, hc, h) <-- points(c, b, bc, o), load_array(v, b, _), array_points(bc, o, hc, h);
points(c, v, hc, h) <-- reachable(c, m), load_static(v, f, m), static_points(f, hc, h);
field_points(bc, o, f, hc, h) <-- points(c, w, hc, h), store(b, f, w, _), points(c, b, bc, o);
array_points(bc, o, hc, h) <-- points(c, w, hc, h), store_array(b, w, _), points(c, b, bc, o), array_of(o, t), heap_subtype(h, t);
static_points(f, hc, h) <-- points(_, w, hc, h), store_static(f, w, _);
resolved(c, s, hc, h, m) <-- points(c, b, hc, h), virtual_call(s, b, sig, _), heap_type(h, t), dispatch(t, sig, m);
resolved(c, s, hc, h, m) <-- points(c, b, hc, h), special_call(s, b, m, _);
resolved(c, s, hc, h, m) <-- points(c, b, hc, h), thread_start(s, b, _), heap_type(h, t), dispatch(t, 1, m);
call_edge(c, s, h, m) <-- resolved(c, s, _, h, m);
call_edge(c, s, c, m) <-- reachable(c, n), static_call(s, m, n);
points(h, v, hc, h) <-- resolved(_, _, hc, h, m), this_var(m, v);
parameter(c, w, d, v) <-- call_edge(c, s, d, m), formal(m, i, v), actual(s, i, w);
parameter(d, w, c, v) <-- call_edge(c, s, d, m), return_var(m, w), assign_return(s, v);
points(d, v, hc, h) <-- parameter(c, w, d, v), points(c, w, hc, h);
reachable(h, m) <-- points(_, _, _, h), heap_type(h, t), finaliser(t, m);
thrown(c, m, hc, h) <-- points(c, v, hc, h), throws(v, m);
escapes(c, m, hc, h) <-- thrown(c, m, hc, h), !caught(m, h);
thrown(c, n, hc, h) <-- escapes(d, m, hc, h), call_edge(c, s, d, m), site_in(s, n);
points(c, v, hc, h) <-- thrown(c, m, hc, h), handler(m, t, v), heap_subtype(h, t);
site_in(s, m) <-- virtual_call(s, _, _, m);
site_in(s, m) <-- special_call(s, _, _, m);
site_in(s, m) <-- static_call(s, _, m);
site_in(s, m) <-- thread_start(s, _, m);
points(c, v, 0, k) <-- points(c, w, _, n), for_name(v, w, _), names(n, t), class_object(t, k);
points(c, v, c, h) <-- points(c, w, _, k), new_instance(v, w, _), class_object(t, k), instance(t, h);
initialised(t) <-- points(c, w, _, n), for_name(_, w, m), reachable(c, m), names(n, t);
points_ci(v, h) <-- points(_, v, _, h);
field_ci(b, f, h) <-- field_points(_, b, f, _, h);
called(s, m) <-- call_edge(_, s, _, m);
runs(m) <-- reachable(_, m);
pointing(v) <-- points_ci(v, _);
dead_method(m) <-- method_here(_, _, m), !runs(m);
dead_site(s) <-- site_in(s, m), runs(m), !answered(s);
answered(s) <-- called(s, _);
several(s) <-- called(s, m), called(s, n), if m != n;
single(s, m) <-- called(s, m), !several(s);
inlinable(s, m) <-- single(s, m), !recursive(m), !library(m);
may_fail(v, t, h) <-- cast(v, w, t, _), points_ci(w, h), !heap_subtype(h, t);
failing(v) <-- may_fail(v, _, _);
safe_cast(v, t) <-- cast(v, _, t, m), runs(m), !failing(v);
never_set(v) <-- var_in(v, m), runs(m), !pointing(v);
null_receiver(s) <-- virtual_call(s, b, _, m), runs(m), !pointing(b);
unused_class(t) <-- is_type(t), !initialised(t);
uncaught(m, h) <-- escapes(_, m, _, h), entry(m);
useless_handler(m, t) <-- handler(m, t, v), runs(m), !pointing(v);
calls(m, n) <-- called(s, n), site_in(s, m);
calls_plus(m, n) <-- calls(m, n), !library(m);
calls_plus(m, o) <-- calls_plus(m, n), calls(n, o), !library(n);
recursive(m) <-- calls_plus(m, m);
leaf(m) <-- runs(m), !calling(m);
calling(m) <-- calls(m, _);
changes(m, h, f) <-- store(b, f, _, m), runs(m), points_ci(b, h);
reads(m, h, f) <-- load(_, b, f, m), runs(m), points_ci(b, h);
impure(m) <-- changes(m, _, _);
impure(m) <-- store_static(_, _, m), runs(m);
impure(m) <-- calls(m, n), impure(n);
pure(m) <-- runs(m), !impure(m);
written(h, f) <-- changes(_, h, f);
read(h, f) <-- reads(_, h, f);
write_only(h, f) <-- written(h, f), !read(h, f);
unset_read(m, h, f) <-- reads(m, h, f), !written(h, f);
shared(h) <-- static_points(_, _, h);
shared(h) <-- thread_start(_, b, _), points_ci(b, h);
shared(h) <-- shared(g), field_ci(g, _, h);
shared(h) <-- shared(g), array_points(_, g, _, h);
allocated(h, m) <-- alloc(_, h, m), runs(m);
confined(h, m) <-- allocated(h, m), !shared(h);
threaded(m) <-- called(s, m), thread_start(s, _, _);
threaded(n) <-- threaded(m), calls(m, n);
race(h, f, m) <-- changes(m, h, f), threaded(m), shared(h), read(h, f);
tainted(c, v) <-- call_edge(c, s, _, m), source(m), assign_return(s, v);
tainted(c, v) <-- tainted(c, w), copy(v, w);
tainted(c, v) <-- tainted(c, w), cast(v, w, _, _);
tainted(d, v) <-- tainted(c, w), parameter(c, w, d, v), !washed(v);
tainted_field(h, f) <-- tainted(c, w), store(b, f, w, _), points(c, b, _, h);
tainted(c, v) <-- tainted_field(h, f), load(v, b, f, _), points(c, b, _, h);
washed(v) <-- sanitiser(m), formal(m, _, v);
leak(s, m, i) <-- tainted(_, v), actual(s, i, v), called(s, m), sink(m, i);
base_var(b, m) <-- store(b, _, _, m), runs(m);
base_var(b, m) <-- load(_, b, _, m), runs(m);
alias(v, w) <-- base_var(v, m), base_var(w, m), if v < w, points_ci(v, h), points_ci(w, h);
}

run_ascent!(
    serial,
    Serial,
    [
        extends,
        implements,
        is_type,
        method_here,
        is_abstract,
        class_initialiser,
        finaliser,
        entry,
        heap_type,
        array_of,
        alloc,
        constant,
        copy,
        cast,
        load,
        store,
        load_static,
        store_static,
        load_array,
        store_array,
        virtual_call,
        special_call,
        static_call,
        actual,
        formal,
        this_var,
        return_var,
        assign_return,
        var_in,
        throws,
        handler,
        exception,
        for_name,
        names,
        class_object,
        new_instance,
        instance,
        thread_start,
        touches,
        source,
        sink,
        sanitiser,
        library
    ],
    [
        subtype,
        declares,
        dispatch,
        initialises,
        heap_subtype,
        caught,
        reachable,
        initialised,
        points,
        field_points,
        array_points,
        static_points,
        resolved,
        call_edge,
        parameter,
        thrown,
        escapes,
        site_in,
        points_ci,
        field_ci,
        called,
        runs,
        pointing,
        dead_method,
        dead_site,
        answered,
        several,
        single,
        inlinable,
        may_fail,
        failing,
        safe_cast,
        never_set,
        null_receiver,
        unused_class,
        uncaught,
        useless_handler,
        calls,
        calls_plus,
        recursive,
        leaf,
        calling,
        changes,
        reads,
        impure,
        pure,
        written,
        read,
        write_only,
        unset_read,
        shared,
        allocated,
        confined,
        threaded,
        race,
        tainted,
        tainted_field,
        washed,
        leak,
        base_var,
        alias
    ]
);
mod with_crepe {
    use super::run_crepe;

    crepe::crepe! {
    @input
    struct Extends(u32, u32);
    @input
    struct Implements(u32, u32);
    @input
    struct IsType(u32);
    @input
    struct MethodHere(u32, u32, u32);
    @input
    struct IsAbstract(u32);
    @input
    struct ClassInitialiser(u32, u32);
    @input
    struct Finaliser(u32, u32);
    @input
    struct Entry(u32);
    @input
    struct HeapType(u32, u32);
    @input
    struct ArrayOf(u32, u32);
    @input
    struct Alloc(u32, u32, u32);
    @input
    struct Constant(u32, u32, u32);
    @input
    struct Copy(u32, u32);
    @input
    struct Cast(u32, u32, u32, u32);
    @input
    struct Load(u32, u32, u32, u32);
    @input
    struct Store(u32, u32, u32, u32);
    @input
    struct LoadStatic(u32, u32, u32);
    @input
    struct StoreStatic(u32, u32, u32);
    @input
    struct LoadArray(u32, u32, u32);
    @input
    struct StoreArray(u32, u32, u32);
    @input
    struct VirtualCall(u32, u32, u32, u32);
    @input
    struct SpecialCall(u32, u32, u32, u32);
    @input
    struct StaticCall(u32, u32, u32);
    @input
    struct Actual(u32, u32, u32);
    @input
    struct Formal(u32, u32, u32);
    @input
    struct ThisVar(u32, u32);
    @input
    struct ReturnVar(u32, u32);
    @input
    struct AssignReturn(u32, u32);
    @input
    struct VarIn(u32, u32);
    @input
    struct Throws(u32, u32);
    @input
    struct Handler(u32, u32, u32);
    @input
    struct Exception(u32);
    @input
    struct ForName(u32, u32, u32);
    @input
    struct Names(u32, u32);
    @input
    struct ClassObject(u32, u32);
    @input
    struct NewInstance(u32, u32, u32);
    @input
    struct Instance(u32, u32);
    @input
    struct ThreadStart(u32, u32, u32);
    @input
    struct Touches(u32, u32);
    @input
    struct Source(u32);
    @input
    struct Sink(u32, u32);
    @input
    struct Sanitiser(u32);
    @input
    struct Library(u32);
    @output
    struct Subtype(u32, u32);
    @output
    struct Declares(u32, u32);
    @output
    struct Dispatch(u32, u32, u32);
    @output
    struct Initialises(u32, u32);
    @output
    struct HeapSubtype(u32, u32);
    @output
    struct Caught(u32, u32);
    @output
    struct Reachable(u32, u32);
    @output
    struct Initialised(u32);
    @output
    struct Points(u32, u32, u32, u32);
    @output
    struct FieldPoints(u32, u32, u32, u32, u32);
    @output
    struct ArrayPoints(u32, u32, u32, u32);
    @output
    struct StaticPoints(u32, u32, u32);
    @output
    struct Resolved(u32, u32, u32, u32, u32);
    @output
    struct CallEdge(u32, u32, u32, u32);
    @output
    struct Parameter(u32, u32, u32, u32);
    @output
    struct Thrown(u32, u32, u32, u32);
    @output
    struct Escapes(u32, u32, u32, u32);
    @output
    struct SiteIn(u32, u32);
    @output
    struct PointsCi(u32, u32);
    @output
    struct FieldCi(u32, u32, u32);
    @output
    struct Called(u32, u32);
    @output
    struct Runs(u32);
    @output
    struct Pointing(u32);
    @output
    struct DeadMethod(u32);
    @output
    struct DeadSite(u32);
    @output
    struct Answered(u32);
    @output
    struct Several(u32);
    @output
    struct Single(u32, u32);
    @output
    struct Inlinable(u32, u32);
    @output
    struct MayFail(u32, u32, u32);
    @output
    struct Failing(u32);
    @output
    struct SafeCast(u32, u32);
    @output
    struct NeverSet(u32);
    @output
    struct NullReceiver(u32);
    @output
    struct UnusedClass(u32);
    @output
    struct Uncaught(u32, u32);
    @output
    struct UselessHandler(u32, u32);
    @output
    struct Calls(u32, u32);
    @output
    struct CallsPlus(u32, u32);
    @output
    struct Recursive(u32);
    @output
    struct Leaf(u32);
    @output
    struct Calling(u32);
    @output
    struct Changes(u32, u32, u32);
    @output
    struct Reads(u32, u32, u32);
    @output
    struct Impure(u32);
    @output
    struct Pure(u32);
    @output
    struct Written(u32, u32);
    @output
    struct Read(u32, u32);
    @output
    struct WriteOnly(u32, u32);
    @output
    struct UnsetRead(u32, u32, u32);
    @output
    struct Shared(u32);
    @output
    struct Allocated(u32, u32);
    @output
    struct Confined(u32, u32);
    @output
    struct Threaded(u32);
    @output
    struct Race(u32, u32, u32);
    @output
    struct Tainted(u32, u32);
    @output
    struct TaintedField(u32, u32);
    @output
    struct Washed(u32);
    @output
    struct Leak(u32, u32, u32);
    @output
    struct BaseVar(u32, u32);
    @output
    struct Alias(u32, u32);
    Subtype(t, t) <- IsType(t);
    Subtype(t, u) <- Extends(t, u);
    Subtype(t, u) <- Implements(t, u);
    Subtype(t, v) <- Subtype(t, u), Extends(u, v);
    Subtype(t, v) <- Subtype(t, u), Implements(u, v);
    Declares(t, s) <- MethodHere(t, s, _);
    Dispatch(t, s, m) <- MethodHere(t, s, m), !IsAbstract(m);
    Dispatch(t, s, m) <- Dispatch(u, s, m), Extends(t, u), !Declares(t, s);
    Initialises(t, m) <- ClassInitialiser(t, m);
    Initialises(t, m) <- Initialises(u, m), Extends(t, u);
    HeapSubtype(h, t) <- HeapType(h, u), Subtype(u, t);
    Caught(m, h) <- Exception(h), HeapSubtype(h, t), Handler(m, t, _);
    Reachable(0, m) <- Entry(m);
    Reachable(c, m) <- CallEdge(_, _, c, m);
    Reachable(0, m) <- Initialised(t), Initialises(t, m);
    Initialised(t) <- Reachable(_, m), Touches(m, t);
    Initialised(t) <- Reachable(_, m), Alloc(_, h, m), HeapType(h, t);
    Initialised(u) <- Initialised(t), Extends(t, u);
    Points(c, v, c, h) <- Reachable(c, m), Alloc(v, h, m);
    Points(c, v, 0, h) <- Reachable(c, m), Constant(v, h, m);
    Points(c, v, hc, h) <- Points(c, w, hc, h), Copy(v, w);
    Points(c, v, hc, h) <- Points(c, w, hc, h), Cast(v, w, t, _), HeapSubtype(h, t);
    Points(c, v, hc, h) <- Points(c, b, bc, o), Load(v, b, f, _), FieldPoints(bc, o, f, hc, h);
    Points(c, v, hc, h) <- Points(c, b, bc, o), LoadArray(v, b, _), ArrayPoints(bc, o, hc, h);
    Points(c, v, hc, h) <- Reachable(c, m), LoadStatic(v, f, m), StaticPoints(f, hc, h);
    FieldPoints(bc, o, f, hc, h) <- Points(c, w, hc, h), Store(b, f, w, _), Points(c, b, bc, o);
    ArrayPoints(bc, o, hc, h) <- Points(c, w, hc, h), StoreArray(b, w, _), Points(c, b, bc, o), ArrayOf(o, t), HeapSubtype(h, t);
    StaticPoints(f, hc, h) <- Points(_, w, hc, h), StoreStatic(f, w, _);
    Resolved(c, s, hc, h, m) <- Points(c, b, hc, h), VirtualCall(s, b, sig, _), HeapType(h, t), Dispatch(t, sig, m);
    Resolved(c, s, hc, h, m) <- Points(c, b, hc, h), SpecialCall(s, b, m, _);
    Resolved(c, s, hc, h, m) <- Points(c, b, hc, h), ThreadStart(s, b, _), HeapType(h, t), Dispatch(t, 1, m);
    CallEdge(c, s, h, m) <- Resolved(c, s, _, h, m);
    CallEdge(c, s, c, m) <- Reachable(c, n), StaticCall(s, m, n);
    Points(h, v, hc, h) <- Resolved(_, _, hc, h, m), ThisVar(m, v);
    Parameter(c, w, d, v) <- CallEdge(c, s, d, m), Formal(m, i, v), Actual(s, i, w);
    Parameter(d, w, c, v) <- CallEdge(c, s, d, m), ReturnVar(m, w), AssignReturn(s, v);
    Points(d, v, hc, h) <- Parameter(c, w, d, v), Points(c, w, hc, h);
    Reachable(h, m) <- Points(_, _, _, h), HeapType(h, t), Finaliser(t, m);
    Thrown(c, m, hc, h) <- Points(c, v, hc, h), Throws(v, m);
    Escapes(c, m, hc, h) <- Thrown(c, m, hc, h), !Caught(m, h);
    Thrown(c, n, hc, h) <- Escapes(d, m, hc, h), CallEdge(c, s, d, m), SiteIn(s, n);
    Points(c, v, hc, h) <- Thrown(c, m, hc, h), Handler(m, t, v), HeapSubtype(h, t);
    SiteIn(s, m) <- VirtualCall(s, _, _, m);
    SiteIn(s, m) <- SpecialCall(s, _, _, m);
    SiteIn(s, m) <- StaticCall(s, _, m);
    SiteIn(s, m) <- ThreadStart(s, _, m);
    Points(c, v, 0, k) <- Points(c, w, _, n), ForName(v, w, _), Names(n, t), ClassObject(t, k);
    Points(c, v, c, h) <- Points(c, w, _, k), NewInstance(v, w, _), ClassObject(t, k), Instance(t, h);
    Initialised(t) <- Points(c, w, _, n), ForName(_, w, m), Reachable(c, m), Names(n, t);
    PointsCi(v, h) <- Points(_, v, _, h);
    FieldCi(b, f, h) <- FieldPoints(_, b, f, _, h);
    Called(s, m) <- CallEdge(_, s, _, m);
    Runs(m) <- Reachable(_, m);
    Pointing(v) <- PointsCi(v, _);
    DeadMethod(m) <- MethodHere(_, _, m), !Runs(m);
    DeadSite(s) <- SiteIn(s, m), Runs(m), !Answered(s);
    Answered(s) <- Called(s, _);
    Several(s) <- Called(s, m), Called(s, n), (m != n);
    Single(s, m) <- Called(s, m), !Several(s);
    Inlinable(s, m) <- Single(s, m), !Recursive(m), !Library(m);
    MayFail(v, t, h) <- Cast(v, w, t, _), PointsCi(w, h), !HeapSubtype(h, t);
    Failing(v) <- MayFail(v, _, _);
    SafeCast(v, t) <- Cast(v, _, t, m), Runs(m), !Failing(v);
    NeverSet(v) <- VarIn(v, m), Runs(m), !Pointing(v);
    NullReceiver(s) <- VirtualCall(s, b, _, m), Runs(m), !Pointing(b);
    UnusedClass(t) <- IsType(t), !Initialised(t);
    Uncaught(m, h) <- Escapes(_, m, _, h), Entry(m);
    UselessHandler(m, t) <- Handler(m, t, v), Runs(m), !Pointing(v);
    Calls(m, n) <- Called(s, n), SiteIn(s, m);
    CallsPlus(m, n) <- Calls(m, n), !Library(m);
    CallsPlus(m, o) <- CallsPlus(m, n), Calls(n, o), !Library(n);
    Recursive(m) <- CallsPlus(m, m_again), (m == m_again);
    Leaf(m) <- Runs(m), !Calling(m);
    Calling(m) <- Calls(m, _);
    Changes(m, h, f) <- Store(b, f, _, m), Runs(m), PointsCi(b, h);
    Reads(m, h, f) <- Load(_, b, f, m), Runs(m), PointsCi(b, h);
    Impure(m) <- Changes(m, _, _);
    Impure(m) <- StoreStatic(_, _, m), Runs(m);
    Impure(m) <- Calls(m, n), Impure(n);
    Pure(m) <- Runs(m), !Impure(m);
    Written(h, f) <- Changes(_, h, f);
    Read(h, f) <- Reads(_, h, f);
    WriteOnly(h, f) <- Written(h, f), !Read(h, f);
    UnsetRead(m, h, f) <- Reads(m, h, f), !Written(h, f);
    Shared(h) <- StaticPoints(_, _, h);
    Shared(h) <- ThreadStart(_, b, _), PointsCi(b, h);
    Shared(h) <- Shared(g), FieldCi(g, _, h);
    Shared(h) <- Shared(g), ArrayPoints(_, g, _, h);
    Allocated(h, m) <- Alloc(_, h, m), Runs(m);
    Confined(h, m) <- Allocated(h, m), !Shared(h);
    Threaded(m) <- Called(s, m), ThreadStart(s, _, _);
    Threaded(n) <- Threaded(m), Calls(m, n);
    Race(h, f, m) <- Changes(m, h, f), Threaded(m), Shared(h), Read(h, f);
    Tainted(c, v) <- CallEdge(c, s, _, m), Source(m), AssignReturn(s, v);
    Tainted(c, v) <- Tainted(c, w), Copy(v, w);
    Tainted(c, v) <- Tainted(c, w), Cast(v, w, _, _);
    Tainted(d, v) <- Tainted(c, w), Parameter(c, w, d, v), !Washed(v);
    TaintedField(h, f) <- Tainted(c, w), Store(b, f, w, _), Points(c, b, _, h);
    Tainted(c, v) <- TaintedField(h, f), Load(v, b, f, _), Points(c, b, _, h);
    Washed(v) <- Sanitiser(m), Formal(m, _, v);
    Leak(s, m, i) <- Tainted(_, v), Actual(s, i, v), Called(s, m), Sink(m, i);
    BaseVar(b, m) <- Store(b, _, _, m), Runs(m);
    BaseVar(b, m) <- Load(_, b, _, m), Runs(m);
    Alias(v, w) <- BaseVar(v, m), BaseVar(w, m), (v < w), PointsCi(v, h), PointsCi(w, h);
    }

    run_crepe!(
        [
            Extends = extends(a, b),
            Implements = implements(a, b),
            IsType = is_type(a),
            MethodHere = method_here(a, b, c),
            IsAbstract = is_abstract(a),
            ClassInitialiser = class_initialiser(a, b),
            Finaliser = finaliser(a, b),
            Entry = entry(a),
            HeapType = heap_type(a, b),
            ArrayOf = array_of(a, b),
            Alloc = alloc(a, b, c),
            Constant = constant(a, b, c),
            Copy = copy(a, b),
            Cast = cast(a, b, c, d),
            Load = load(a, b, c, d),
            Store = store(a, b, c, d),
            LoadStatic = load_static(a, b, c),
            StoreStatic = store_static(a, b, c),
            LoadArray = load_array(a, b, c),
            StoreArray = store_array(a, b, c),
            VirtualCall = virtual_call(a, b, c, d),
            SpecialCall = special_call(a, b, c, d),
            StaticCall = static_call(a, b, c),
            Actual = actual(a, b, c),
            Formal = formal(a, b, c),
            ThisVar = this_var(a, b),
            ReturnVar = return_var(a, b),
            AssignReturn = assign_return(a, b),
            VarIn = var_in(a, b),
            Throws = throws(a, b),
            Handler = handler(a, b, c),
            Exception = exception(a),
            ForName = for_name(a, b, c),
            Names = names(a, b),
            ClassObject = class_object(a, b),
            NewInstance = new_instance(a, b, c),
            Instance = instance(a, b),
            ThreadStart = thread_start(a, b, c),
            Touches = touches(a, b),
            Source = source(a),
            Sink = sink(a, b),
            Sanitiser = sanitiser(a),
            Library = library(a)
        ],
        [
            subtype(0, 1),
            declares(0, 1),
            dispatch(0, 1, 2),
            initialises(0, 1),
            heap_subtype(0, 1),
            caught(0, 1),
            reachable(0, 1),
            initialised(0),
            points(0, 1, 2, 3),
            field_points(0, 1, 2, 3, 4),
            array_points(0, 1, 2, 3),
            static_points(0, 1, 2),
            resolved(0, 1, 2, 3, 4),
            call_edge(0, 1, 2, 3),
            parameter(0, 1, 2, 3),
            thrown(0, 1, 2, 3),
            escapes(0, 1, 2, 3),
            site_in(0, 1),
            points_ci(0, 1),
            field_ci(0, 1, 2),
            called(0, 1),
            runs(0),
            pointing(0),
            dead_method(0),
            dead_site(0),
            answered(0),
            several(0),
            single(0, 1),
            inlinable(0, 1),
            may_fail(0, 1, 2),
            failing(0),
            safe_cast(0, 1),
            never_set(0),
            null_receiver(0),
            unused_class(0),
            uncaught(0, 1),
            useless_handler(0, 1),
            calls(0, 1),
            calls_plus(0, 1),
            recursive(0),
            leaf(0),
            calling(0),
            changes(0, 1, 2),
            reads(0, 1, 2),
            impure(0),
            pure(0),
            written(0, 1),
            read(0, 1),
            write_only(0, 1),
            unset_read(0, 1, 2),
            shared(0),
            allocated(0, 1),
            confined(0, 1),
            threaded(0),
            race(0, 1, 2),
            tainted(0, 1),
            tainted_field(0, 1),
            washed(0),
            leak(0, 1, 2),
            base_var(0, 1),
            alias(0, 1)
        ]
    );
}
