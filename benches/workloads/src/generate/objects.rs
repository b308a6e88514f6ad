//! An object-oriented program for a points-to analysis: a class tree, methods with bodies, and popular things far more
//! popular than others.

use super::Size;
use crate::facts::Facts;
use crate::random::Random;

/// Signatures that any class may declare; signature 1 is `run`.
const SIGNATURES: u32 = 400;
/// Fields.
const FIELDS: u32 = 600;

/// Rows of a table on their way.
type Rows<const N: usize> = Vec<[u32; N]>;

/// The bodies of methods.
#[derive(Default)]
struct Bodies {
    variables: u32,
    heaps: u32,
    sites: u32,
    var_in: Rows<2>,
    heap_type: Rows<2>,
    alloc: Rows<3>,
    constant: Rows<3>,
    copy: Rows<2>,
    cast: Rows<4>,
    load: Rows<4>,
    store: Rows<4>,
    load_static: Rows<3>,
    store_static: Rows<3>,
    load_array: Rows<3>,
    store_array: Rows<3>,
    array_of: Rows<2>,
    virtual_call: Rows<4>,
    special_call: Rows<4>,
    static_call: Rows<3>,
    thread_start: Rows<3>,
    actual: Rows<3>,
    formal: Rows<3>,
    this_var: Rows<2>,
    return_var: Rows<2>,
    assign_return: Rows<2>,
    throws: Rows<2>,
    handler: Rows<3>,
    exception: Rows<1>,
    for_name: Rows<3>,
    new_instance: Rows<3>,
    touches: Rows<2>,
}

/// The facts of `points_to.dl`.
#[must_use]
pub fn objects(size: Size) -> Facts {
    let mut random = Random::new(9);
    let random = &mut random;
    let types = size.pick(30, 1_200);
    let methods = size.pick(100, 3_000);
    let interfaces = types / 6;
    let mut facts = Facts::default();

    // Type 0 is the root; the first sixth are interfaces; classes extend earlier classes.
    let class =
        |random: &mut Random, bound: u32| interfaces + random.skewed(bound.max(interfaces + 1) - interfaces, 1.5);
    facts.add("is_type", (0..types).map(|t| [t]));
    facts.add("extends", (interfaces + 1..types).map(|t| [t, class(random, t)]));
    facts.add("implements", rows(types, |_| [class(random, types), random.skewed(interfaces, 1.5)]));
    // Method m belongs to class m % classes; most override something that is declared above.
    let owner = |m: u32| interfaces + m % (types - interfaces);
    let signature = |m: u32, random: &mut Random| if m < types { 1 + m % 3 } else { random.skewed(SIGNATURES, 1.8) };
    let here: Vec<[u32; 3]> = (0..methods).map(|m| [owner(m), signature(m, random), m]).collect();
    let mut declared = std::collections::BTreeSet::new();
    facts.add("method_here", here.into_iter().filter(|[t, s, _]| declared.insert((*t, *s))));
    facts.add("is_abstract", rows(methods / 30, |_| [random.below(methods)]));
    facts.add("class_initialiser", rows(types / 3, |_| [class(random, types), random.below(methods)]));
    facts.add("finaliser", rows(types / 40, |_| [class(random, types), random.below(methods)]));
    facts.add("entry", rows(methods / 40 + 2, |_| [random.below(methods)]));

    let mut bodies = Bodies { heaps: 1, ..Bodies::default() };
    for method in 0..methods {
        bodies.method(method, types, interfaces, methods, random);
    }
    // What reflection makes: a class object and an instance of each type.
    let heaps = bodies.heaps + 1;
    bodies.heap_type.extend((0..types).map(|t| [heaps + types + t, t]));
    bodies.give(&mut facts);
    facts.add("names", rows(types / 4, |_| [random.below(heaps), random.below(types)]));
    facts.add("class_object", rows(types, |t| [t, heaps + t]));
    facts.add("instance", rows(types, |t| [t, heaps + types + t]));
    facts.add("source", rows(methods / 100 + 1, |_| [random.below(methods)]));
    facts.add("sink", rows(methods / 50 + 1, |_| [random.below(methods), random.below(3)]));
    facts.add("sanitiser", rows(methods / 200 + 1, |_| [random.below(methods)]));
    facts.add("library", rows(methods / 3, |at| [3 * at]));
    facts
}

fn rows<const N: usize>(count: u32, row: impl FnMut(u32) -> [u32; N]) -> Rows<N> {
    (0..count).map(row).collect()
}

impl Bodies {
    fn variable(&mut self, method: u32) -> u32 {
        self.variables += 1;
        self.var_in.push([self.variables, method]);
        self.variables
    }

    fn heap(&mut self, ty: u32) -> u32 {
        self.heaps += 1;
        self.heap_type.push([self.heaps, ty]);
        self.heaps
    }

    fn method(&mut self, m: u32, types: u32, interfaces: u32, methods: u32, random: &mut Random) {
        let class = |random: &mut Random| interfaces + random.skewed(types - interfaces, 1.4);
        let this = self.variable(m);
        self.this_var.push([m, this]);
        // Bodies differ in size by far: some methods are long.
        let locals = 3 + random.skewed(24, 3.0);
        let mut own = vec![this];
        for index in 0..random.below(4) {
            let parameter = self.variable(m);
            self.formal.push([m, index, parameter]);
            own.push(parameter);
        }
        for _ in 0..locals {
            let local = self.variable(m);
            own.push(local);
        }
        let pick = |random: &mut Random| own[random.below(u32::try_from(own.len()).unwrap_or(1)) as usize];
        if random.below(3) > 0 {
            let result = pick(random);
            self.return_var.push([m, result]);
        }
        for _ in 0..2 * locals {
            let (v, w) = (pick(random), pick(random));
            match random.below(30) {
                0..5 => {
                    let ty = class(random);
                    let heap = self.heap(ty);
                    self.alloc.push([v, heap, m]);
                    if random.once_in(12) {
                        self.array_of.push([heap, class(random)]);
                    }
                    if random.once_in(400) {
                        self.exception.push([heap]);
                        self.throws.push([v, m]);
                    }
                }
                5 => {
                    let heap = self.heap(interfaces);
                    self.constant.push([v, heap, m]);
                }
                6..9 => self.copy.push([v, w]),
                9 => self.cast.push([v, w, class(random), m]),
                10..13 => self.load.push([v, w, random.skewed(FIELDS, 1.6), m]),
                13..15 => self.store.push([v, random.skewed(FIELDS, 1.6), w, m]),
                15 if random.once_in(3) => self.load_static.push([v, random.below(FIELDS), m]),
                15 => self.store_static.push([random.below(8 * FIELDS), w, m]),
                16 if random.once_in(2) => self.load_array.push([v, w, m]),
                16 => self.store_array.push([v, w, m]),
                17..24 => self.call(m, [v, w], methods, &pick, random),
                24 => {
                    // Half of the handlers catch everything.
                    let caught = if random.once_in(2) { interfaces } else { class(random) };
                    self.handler.push([m, caught, v]);
                }
                25 if random.once_in(20) => self.for_name.push([v, w, m]),
                26 if random.once_in(20) => self.new_instance.push([v, w, m]),
                27 if random.once_in(3) => self.touches.push([m, class(random)]),
                _ => {}
            }
        }
    }

    fn call(
        &mut self,
        m: u32,
        [v, w]: [u32; 2],
        methods: u32,
        pick: &impl Fn(&mut Random) -> u32,
        random: &mut Random,
    ) {
        self.sites += 1;
        let site = self.sites;
        match random.below(20) {
            0..9 => self.virtual_call.push([site, w, random.skewed(SIGNATURES, 1.8), m]),
            9..13 => self.special_call.push([site, w, random.skewed(methods, 1.3), m]),
            13..19 => self.static_call.push([site, random.skewed(methods, 1.3), m]),
            _ => self.thread_start.push([site, w, m]),
        }
        for index in 0..random.below(4) {
            self.actual.push([site, index, pick(random)]);
        }
        if random.below(2) > 0 {
            self.assign_return.push([site, v]);
        }
    }

    fn give(&mut self, facts: &mut Facts) {
        macro_rules! give {
            ($($name:ident)*) => { $(facts.add(stringify!($name), std::mem::take(&mut self.$name));)* };
        }
        give!(var_in heap_type alloc constant copy cast load store load_static store_static load_array store_array);
        give!(array_of virtual_call special_call static_call thread_start actual formal this_var return_var);
        give!(assign_return throws handler exception for_name new_instance touches);
    }
}
