//! `points_to.dl` for crepe, translated by `onus-benches --translate`: not edited by hand.

use crate::peers::run_crepe;

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
