//! `points_to.dl` for ascent, translated by `onus-benches --translate`: not edited by hand.

use crate::peers::run_ascent;

macro_rules! program {
($macro:ident, $name:ident) => {
ascent::$macro! {
struct $name;
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
};
}

program!(ascent, Serial);
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
