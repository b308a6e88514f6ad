//! Hand-checked values for the language's functors, and arithmetic against 128 bits.

use proptest::prelude::*;

use super::*;
use crate::value::{FALSE, TRUE, Value};

/// Applies a functor to values, all operands and the result through words.
fn apply(functions: &mut Functions, functor: Functor, args: &[Value]) -> Result<Value, String> {
    let mut values = Values::default();
    let kinds: Vec<Kind> = args.iter().map(kind_of).collect();
    let words: Vec<Word> = args.iter().map(|value| encode(&mut values, value)).collect();
    let ty = match functor {
        Functor::Strlen | Functor::Ord | Functor::ToNumber => Kind::Number,
        Functor::ToUnsigned => Kind::Unsigned,
        Functor::ToFloat => Kind::Float,
        Functor::ToString | Functor::Substr | Functor::Cat => Kind::Symbol,
        _ => kinds[0],
    };
    let word = functions.call(functor, &kinds, ty, &words, &mut values).map_err(|failure| failure.to_string())?;
    Ok(decode(&values, ty, word))
}

fn kind_of(value: &Value) -> Kind {
    match value {
        Value::Number(_) => Kind::Number,
        Value::Unsigned(_) => Kind::Unsigned,
        Value::Float(_) => Kind::Float,
        Value::Symbol(_) => Kind::Symbol,
        Value::Nil | Value::Record(_) => Kind::Record,
        Value::Branch(..) => Kind::Adt,
    }
}

fn encode(values: &mut Values, value: &Value) -> Word {
    match value {
        Value::Number(value) => values.number(*value),
        Value::Unsigned(value) => values.unsigned(*value),
        Value::Float(value) => values.float(value.get()),
        Value::Symbol(text) => values.symbol(text),
        _ => 0,
    }
}

fn decode(values: &Values, kind: Kind, word: Word) -> Value {
    match kind {
        Kind::Number => Value::Number(values.get_number(word)),
        Kind::Unsigned => Value::Unsigned(values.get_unsigned(word)),
        Kind::Float => Value::Float(Float::new(values.get_float(word))),
        _ => Value::Symbol(values.get_symbol(word).to_owned()),
    }
}

fn n(value: i64) -> Value {
    Value::Number(value)
}

fn u(value: u64) -> Value {
    Value::Unsigned(value)
}

fn f(value: f64) -> Value {
    Value::Float(Float::new(value))
}

fn s(text: &str) -> Value {
    Value::Symbol(text.to_owned())
}

fn strict(functor: Functor, args: &[Value]) -> Value {
    apply(&mut Functions::default(), functor, args).unwrap()
}

fn refused(functor: Functor, args: &[Value]) -> String {
    apply(&mut Functions::default(), functor, args).unwrap_err()
}

fn wrapped(functor: Functor, args: &[Value]) -> Value {
    apply(&mut Functions::new(true, false), functor, args).unwrap()
}

#[test]
fn integers_divide_truncating_with_the_sign_of_the_dividend() {
    assert_eq!(strict(Functor::Divide, &[n(-7), n(2)]), n(-3));
    assert_eq!(strict(Functor::Remainder, &[n(-7), n(2)]), n(-1));
    assert_eq!(strict(Functor::Remainder, &[n(7), n(-2)]), n(1));
    assert_eq!(strict(Functor::Remainder, &[n(i64::MIN), n(-1)]), n(0));
    assert_eq!(strict(Functor::Divide, &[u(7), u(2)]), u(3));
    assert_eq!(refused(Functor::Divide, &[n(5), n(0)]), "`5 / 0` divides by zero");
    assert_eq!(refused(Functor::Remainder, &[u(5), u(0)]), "`5 % 0` divides by zero");
    assert!(apply(&mut Functions::new(true, false), Functor::Divide, &[n(5), n(0)]).is_err());
}

#[test]
fn what_does_not_fit_fails_or_wraps() {
    let expected = "`9223372036854775807 + 1` does not fit a number (64 bits)";
    assert_eq!(refused(Functor::Add, &[n(i64::MAX), n(1)]), expected);
    assert_eq!(wrapped(Functor::Add, &[n(i64::MAX), n(1)]), n(i64::MIN));
    assert_eq!(refused(Functor::Subtract, &[u(0), u(1)]), "`0 - 1` does not fit an unsigned (64 bits, no minus)");
    assert_eq!(wrapped(Functor::Subtract, &[u(0), u(1)]), u(u64::MAX));
    assert_eq!(wrapped(Functor::Divide, &[n(i64::MIN), n(-1)]), n(i64::MIN));
    assert!(refused(Functor::Divide, &[n(i64::MIN), n(-1)]).contains("does not fit"));
    assert_eq!(refused(Functor::Negate, &[n(i64::MIN)]), "`-(-9223372036854775808)` does not fit a number (64 bits)");
    assert_eq!(wrapped(Functor::Negate, &[n(i64::MIN)]), n(i64::MIN));
    assert_eq!(wrapped(Functor::Negate, &[u(1)]), u(u64::MAX));
    assert_eq!(strict(Functor::Negate, &[n(5)]), n(-5));
}

#[test]
fn powers_are_exact() {
    assert_eq!(strict(Functor::Power, &[n(2), n(62)]), n(1 << 62));
    assert_eq!(strict(Functor::Power, &[n(-2), n(63)]), n(i64::MIN));
    assert_eq!(strict(Functor::Power, &[n(2), n(-1)]), n(0));
    assert_eq!(strict(Functor::Power, &[n(1), n(-9)]), n(1));
    assert_eq!(strict(Functor::Power, &[n(-1), n(-9)]), n(-1));
    assert_eq!(strict(Functor::Power, &[n(-1), n(i64::MAX)]), n(-1));
    assert_eq!(strict(Functor::Power, &[n(0), n(0)]), n(1));
    assert_eq!(strict(Functor::Power, &[n(0), n(i64::MAX)]), n(0));
    assert_eq!(strict(Functor::Power, &[u(2), u(63)]), u(1 << 63));
    assert_eq!(refused(Functor::Power, &[n(2), n(63)]), "`2 ^ 63` does not fit a number (64 bits)");
    assert!(refused(Functor::Power, &[n(3), n(i64::MAX)]).contains("does not fit"));
    assert_eq!(refused(Functor::Power, &[n(0), n(-1)]), "`0 ^ -1` divides by zero");
    assert_eq!(wrapped(Functor::Power, &[n(2), n(63)]), n(i64::MIN));
    assert_eq!(wrapped(Functor::Power, &[n(2), n(64)]), n(0));
    assert_eq!(wrapped(Functor::Power, &[n(3), n(41)]), n(3_i64.wrapping_pow(41)));
    assert_eq!(wrapped(Functor::Power, &[n(-3), n(41)]), n((-3_i64).wrapping_pow(41)));
    assert_eq!(strict(Functor::Power, &[f(2.0), f(0.5)]), f(2.0_f64.sqrt()));
}

#[test]
fn shifts_mask_their_count_and_logic_gives_zero_or_one() {
    assert_eq!(strict(Functor::ShiftLeft, &[n(1), n(65)]), n(2));
    assert_eq!(strict(Functor::ShiftLeft, &[n(1), n(63)]), n(i64::MIN));
    assert_eq!(strict(Functor::ShiftLeft, &[n(1), n(-1)]), n(i64::MIN));
    assert_eq!(strict(Functor::ShiftRight, &[n(-8), n(1)]), n(-4));
    assert_eq!(strict(Functor::ShiftRightUnsigned, &[n(-1), n(60)]), n(15));
    assert_eq!(strict(Functor::ShiftRight, &[u(u64::MAX), u(60)]), u(15));
    assert_eq!(strict(Functor::BitAnd, &[n(12), n(10)]), n(8));
    assert_eq!(strict(Functor::BitOr, &[n(12), n(10)]), n(14));
    assert_eq!(strict(Functor::BitXor, &[u(12), u(10)]), u(6));
    assert_eq!(strict(Functor::BitNot, &[n(0)]), n(-1));
    assert_eq!(strict(Functor::BitNot, &[u(0)]), u(u64::MAX));
    assert_eq!(strict(Functor::LogicAnd, &[n(-2), n(5)]), n(1));
    assert_eq!(strict(Functor::LogicOr, &[n(0), n(0)]), n(0));
    assert_eq!(strict(Functor::LogicXor, &[n(7), n(5)]), n(0));
    assert_eq!(strict(Functor::LogicNot, &[n(7)]), n(0));
    assert_eq!(strict(Functor::LogicNot, &[u(0)]), u(1));
}

#[test]
fn min_and_max_take_any_number_of_any_primitive() {
    assert_eq!(strict(Functor::Min, &[n(3), n(-1), n(2)]), n(-1));
    assert_eq!(strict(Functor::Max, &[u(3), u(u64::MAX), u(2)]), u(u64::MAX));
    assert_eq!(strict(Functor::Max, &[f(0.5), f(-1.0)]), f(0.5));
    assert_eq!(strict(Functor::Min, &[f(f64::NAN), f(-1.0)]), f(-1.0));
    assert_eq!(strict(Functor::Max, &[f(f64::NAN), f(-1.0)]), f(f64::NAN));
    assert_eq!(strict(Functor::Min, &[s("a"), s("B")]), s("B"));
    assert_eq!(strict(Functor::Max, &[s("a"), s("B"), s("é")]), s("é"));
}

#[test]
fn conversions_are_strict_and_checked() {
    assert_eq!(strict(Functor::ToNumber, &[s(" 0x1F")]), n(31));
    assert_eq!(refused(Functor::ToNumber, &[s("5abc")]), "\"5abc\" is not a number");
    assert_eq!(
        refused(Functor::ToNumber, &[s("99999999999999999999")]),
        "\"99999999999999999999\" is not a number of 64 bits"
    );
    assert_eq!(refused(Functor::ToUnsigned, &[s("-1")]), "\"-1\" is not an unsigned number");
    assert_eq!(apply(&mut Functions::new(false, true), Functor::ToNumber, &[s("5abc")]), Ok(n(5)));
    assert_eq!(strict(Functor::ToNumber, &[f(-2.9)]), n(-2));
    assert_eq!(refused(Functor::ToNumber, &[f(f64::NAN)]), "nan does not fit a number (64 bits)");
    assert_eq!(refused(Functor::ToNumber, &[f(9.3e18)]), "9.3e18 does not fit a number (64 bits)");
    assert_eq!(strict(Functor::ToUnsigned, &[f(-0.5)]), u(0));
    assert!(refused(Functor::ToUnsigned, &[f(-1.0)]).contains("does not fit"));
    assert!(refused(Functor::ToNumber, &[u(u64::MAX)]).contains("does not fit"));
    assert_eq!(wrapped(Functor::ToNumber, &[u(u64::MAX)]), n(-1));
    assert_eq!(wrapped(Functor::ToUnsigned, &[n(-1)]), u(u64::MAX));
    assert_eq!(strict(Functor::ToFloat, &[n(3)]), f(3.0));
    assert_eq!(strict(Functor::ToFloat, &[s("1e3")]), f(1000.0));
    assert_eq!(strict(Functor::ToString, &[f(0.1)]), s("0.1"));
    assert_eq!(apply(&mut Functions::new(false, true), Functor::ToString, &[f(0.1)]), Ok(s("0.100000")));
    assert_eq!(strict(Functor::ToString, &[n(-7)]), s("-7"));
    assert_eq!(strict(Functor::ToString, &[s("x")]), s("x"));
}

#[test]
fn floats_follow_ieee() {
    assert_eq!(strict(Functor::Divide, &[f(1.0), f(0.0)]), f(f64::INFINITY));
    assert_eq!(strict(Functor::Divide, &[f(0.0), f(0.0)]), f(f64::NAN));
    assert_eq!(strict(Functor::Add, &[f(0.1), f(0.2)]), f(0.1 + 0.2));
    assert_eq!(strict(Functor::Negate, &[f(0.0)]), f(0.0));
}

#[test]
fn texts_count_bytes_and_are_never_cut_within_a_character() {
    assert_eq!(strict(Functor::Cat, &[s("a"), s(""), s("bc")]), s("abc"));
    assert_eq!(strict(Functor::Add, &[s("a"), s("b")]), s("ab"));
    assert_eq!(strict(Functor::Strlen, &[s("é")]), n(2));
    let substr = |text: &str, start: i64, length: i64| strict(Functor::Substr, &[s(text), n(start), n(length)]);
    assert_eq!(substr("abcd", 1, 2), s("bc"));
    assert_eq!(substr("abcd", 1, 9), s("bcd"));
    assert_eq!(substr("abcd", 1, i64::MAX), s("bcd"));
    assert_eq!(substr("abcd", 1, -1), s("bcd"));
    assert_eq!(substr("abcd", 4, 1), s(""));
    assert_eq!(substr("abcd", 5, 1), s(""));
    assert_eq!(substr("abcd", -1, 2), s(""));
    assert_eq!(substr("é!", 2, 1), s("!"));
    let expected = "`substr(\"é!\", 1, 1)` cuts a character in two";
    assert_eq!(refused(Functor::Substr, &[s("é!"), n(1), n(1)]), expected);
}

fn holds(op: CompareOp, left: &Value, right: &Value) -> Result<bool, String> {
    let mut values = Values::default();
    let (left_word, right_word) = (encode(&mut values, left), encode(&mut values, right));
    Functions::default()
        .compare(op, kind_of(left), left_word, right_word, &values)
        .map_err(|failure| failure.to_string())
}

#[test]
fn comparisons_go_by_kind() {
    assert_eq!(holds(CompareOp::Less, &n(-1), &n(1)), Ok(true));
    assert_eq!(holds(CompareOp::Less, &n(1 << 40), &n(1)), Ok(false));
    assert_eq!(holds(CompareOp::GreaterEqual, &u(u64::MAX), &u(1)), Ok(true));
    assert_eq!(holds(CompareOp::Less, &s("B"), &s("a")), Ok(true));
    let nan = f(f64::NAN);
    assert_eq!(holds(CompareOp::Equal, &nan, &nan), Ok(true));
    assert_eq!(holds(CompareOp::NotEqual, &nan, &nan), Ok(true));
    assert_eq!(holds(CompareOp::LessEqual, &nan, &nan), Ok(false));
    assert_eq!(holds(CompareOp::Equal, &f(-0.0), &f(0.0)), Ok(true));
    assert_eq!(holds(CompareOp::NotEqual, &f(-0.0), &f(0.0)), Ok(false));
    assert_eq!(holds(CompareOp::Equal, &Value::Nil, &Value::Nil), Ok(true));
    assert!(holds(CompareOp::Less, &Value::Nil, &Value::Nil).is_err());
}

#[test]
fn patterns_match_whole_texts() {
    let matches = |pattern: &str, text: &str| holds(CompareOp::Match, &s(pattern), &s(text));
    assert_eq!(matches("a|ab", "ab"), Ok(true));
    assert_eq!(matches("a", "ab"), Ok(false));
    assert_eq!(matches("a.*", "ab"), Ok(true));
    assert_eq!(matches("", ""), Ok(true));
    assert_eq!(matches("a(", "a"), Err("\"a(\" is not a pattern: unclosed group".into()));
    assert!(matches("a)(b", "ab").is_err());
    assert!(matches("(a{1000}){1000}", "ab").is_err());
    assert_eq!(holds(CompareOp::Contains, &s(""), &s("x")), Ok(true));
    assert_eq!(holds(CompareOp::Contains, &s("b"), &s("abc")), Ok(true));
    assert_eq!(holds(CompareOp::Contains, &s("abc"), &s("b")), Ok(false));
    let mut values = Values::default();
    let (bad, text) = (values.symbol("a("), values.symbol("a("));
    assert_eq!(Functions::new(false, true).compare(CompareOp::Match, Kind::Symbol, bad, text, &values), Ok(false));
}

#[test]
fn more_patterns_than_are_kept_still_match() {
    let mut values = Values::default();
    let mut functions = Functions::default();
    for turn in 0..600 {
        let (pattern, text) = (values.symbol(&format!("{turn}[a-z]")), values.symbol(&format!("{turn}q")));
        assert_eq!(functions.compare(CompareOp::Match, Kind::Symbol, pattern, text, &values), Ok(true));
    }
}

fn ranged(args: &[Value]) -> Vec<Value> {
    let mut values = Values::default();
    let words: Vec<Word> = args.iter().map(|value| encode(&mut values, value)).collect();
    let kind = kind_of(&args[0]);
    let mut range = Functions::default().range(kind, &words, &values).unwrap();
    let mut found = Vec::new();
    while let Some(word) = range.next(&mut values) {
        found.push(decode(&values, kind, word));
    }
    found
}

#[test]
fn ranges_are_half_open_in_both_directions() {
    assert_eq!(ranged(&[n(0), n(3)]), [n(0), n(1), n(2)]);
    assert_eq!(ranged(&[n(3), n(0)]), [n(3), n(2), n(1)]);
    assert_eq!(ranged(&[n(3), n(3)]), []);
    assert_eq!(ranged(&[n(0), n(5), n(2)]), [n(0), n(2), n(4)]);
    assert_eq!(ranged(&[n(0), n(5), n(-1)]), []);
    assert_eq!(ranged(&[n(0), n(5), n(0)]), [n(0)]);
    assert_eq!(ranged(&[n(5), n(5), n(0)]), []);
    assert_eq!(ranged(&[u(3), u(1)]), [u(3), u(2)]);
    assert_eq!(ranged(&[f(0.0), f(1.0), f(0.5)]), [f(0.0), f(0.5)]);
    assert_eq!(ranged(&[f(1.0), f(0.0), f(-0.5)]), [f(1.0), f(0.5)]);
    assert_eq!(ranged(&[f(0.0), f(1.0), f(0.0)]), [f(0.0)]);
    assert_eq!(ranged(&[f(1.0), f(1.0), f(0.0)]), []);
    assert_eq!(ranged(&[f(1.0), f(0.0), f(0.0)]), [f(1.0)]);
    assert_eq!(ranged(&[f(1e300), f(2e300)]), [f(1e300)]);
    assert_eq!(ranged(&[f(0.0), f(f64::NAN)]), []);
    assert_eq!(ranged(&[n(i64::MAX - 1), n(i64::MAX), n(i64::MAX)]), [n(i64::MAX - 1)]);
}

#[test]
fn as_keeps_bits() {
    let mut values = Values::default();
    let functions = Functions::default();
    let half = values.float(1.5);
    let word = functions.reinterpret(Kind::Float, Kind::Number, half, &mut values).unwrap();
    assert_eq!(values.get_number(word), 4_609_434_218_613_702_656);
    assert_eq!(functions.reinterpret(Kind::Number, Kind::Float, word, &mut values), Ok(half));
    let minus = values.number(-1);
    let word = functions.reinterpret(Kind::Number, Kind::Unsigned, minus, &mut values).unwrap();
    assert_eq!(values.get_unsigned(word), u64::MAX);
    let (_, name) = (values.symbol("a"), values.symbol("b"));
    let word = functions.reinterpret(Kind::Symbol, Kind::Number, name, &mut values).unwrap();
    assert_eq!(values.get_number(word), 1);
    assert_eq!(functions.reinterpret(Kind::Number, Kind::Symbol, word, &mut values), Ok(name));
    let far = values.number(2);
    let failure = functions.reinterpret(Kind::Number, Kind::Symbol, far, &mut values).unwrap_err();
    assert_eq!(failure.message(), "no symbol has the bits 2");
    assert_eq!(functions.reinterpret(Kind::Record, Kind::Number, 0, &mut values), Ok(FALSE));
    assert_eq!(functions.reinterpret(Kind::Number, Kind::Record, FALSE, &mut values), Ok(0));
}

#[test]
fn ord_of_an_enumeration_is_the_rank_of_its_branch() {
    let mut values = Values::default();
    let (leaf, node) = (values.record(&[2]), values.record(&[1, 7]));
    let mut ord = |kind: Kind, word: Word| {
        let word = Functions::default().call(Functor::Ord, &[kind], Kind::Number, &[word], &mut values).unwrap();
        values.get_number(word)
    };
    assert_eq!(ord(Kind::Adt, leaf), 2);
    assert!(ord(Kind::Adt, node) > i64::from(u32::MAX));
    assert_eq!(ord(Kind::Number, TRUE), 1);
}

fn own(name: &str, args: &[Value]) -> Result<Value, String> {
    let mut values = Values::default();
    let words: Vec<Word> = args.iter().map(|value| encode(&mut values, value)).collect();
    let word = Functions::default().user(name, &words, &mut values).map_err(|failure| failure.to_string())?;
    let kind = match name {
        "date_text" | "lower" | "upper" | "trim" | "split" | "replace" => Kind::Symbol,
        _ => Kind::Number,
    };
    Ok(decode(&values, kind, word))
}

#[test]
fn dates_are_numbers_that_count() {
    assert_eq!(own("date", &[s("2024-02-29")]), Ok(n(20_240_229)));
    assert_eq!(own("date", &[s("2023-02-29")]), Err("\"2023-02-29\" is not an ISO date such as 2024-02-29".into()));
    assert_eq!(own("date_text", &[n(20_240_229)]), Ok(s("2024-02-29")));
    assert_eq!(own("date_text", &[n(7)]), Err("7 is not a day YYYYMMDD".into()));
    assert_eq!(own("add_days", &[n(20_231_231), n(1)]), Ok(n(20_240_101)));
    assert!(own("add_days", &[n(20_231_231), n(i64::MIN)]).is_err());
    assert_eq!(own("days_between", &[n(20_240_101), n(20_240_301)]), Ok(n(60)));
    assert!(own("days_between", &[n(20_240_101), n(0)]).is_err());
}

#[test]
fn names_are_folded_trimmed_and_cut() {
    assert_eq!(own("lower", &[s("AWS É")]), Ok(s("aws é")));
    assert_eq!(own("upper", &[s("straße")]), Ok(s("STRASSE")));
    assert_eq!(own("trim", &[s(" a b\n")]), Ok(s("a b")));
    assert_eq!(own("starts_with", &[s("aws:rds"), s("aws:")]), Ok(n(1)));
    assert_eq!(own("ends_with", &[s("aws:rds"), s("aws:")]), Ok(n(0)));
    assert_eq!(own("split", &[s("a:b:c"), s(":"), n(1)]), Ok(s("b")));
    assert_eq!(own("split", &[s("a:b:c"), s(":"), n(3)]), Ok(s("")));
    assert_eq!(own("split", &[s("a:b:c"), s(":"), n(-1)]), Ok(s("")));
    assert_eq!(own("split", &[s("abc"), s(""), n(0)]), Ok(s("abc")));
    assert_eq!(own("split", &[s("abc"), s(""), n(1)]), Ok(s("")));
    assert_eq!(own("replace", &[s("a-b-c"), s("-"), s("+")]), Ok(s("a+b+c")));
    assert_eq!(own("replace", &[s("ab"), s(""), s("+")]), Ok(s("ab")));
    assert!(own("reverse", &[s("ab")]).is_err());
}

/// What 128 bits say of an operation.
fn wide(functor: Functor, left: i128, right: i128) -> Option<i128> {
    match functor {
        Functor::Add => Some(left + right),
        Functor::Subtract => Some(left - right),
        Functor::Multiply => left.checked_mul(right),
        Functor::Divide => left.checked_div(right),
        Functor::Remainder => left.checked_rem(right),
        Functor::Power => left.checked_pow(u32::try_from(right).ok()?),
        _ => None,
    }
}

fn edgy() -> impl Strategy<Value = i64> {
    prop_oneof![
        any::<i64>(),
        -20_i64..20,
        (0_u32..63, -2_i64..3).prop_map(|(bit, off)| (1_i64 << bit) + off),
        Just(i64::MIN),
        Just(i64::MAX)
    ]
}

proptest! {
    #[test]
    fn integers_agree_with_128_bits(left in edgy(), right in edgy(), at in 0_usize..6) {
        let functor = [Functor::Add, Functor::Subtract, Functor::Multiply, Functor::Divide, Functor::Remainder, Functor::Power][at];
        let expected = wide(functor, left.into(), right.into());
        let strictly = apply(&mut Functions::default(), functor, &[n(left), n(right)]);
        if let Some(expected) = expected {
            match i64::try_from(expected) {
                Ok(exact) => prop_assert_eq!(&strictly, &Ok(n(exact))),
                Err(_) => {
                    prop_assert!(strictly.is_err());
                    #[allow(clippy::cast_possible_truncation)]
                    let low = expected as i64;
                    prop_assert_eq!(apply(&mut Functions::new(true, false), functor, &[n(left), n(right)]), Ok(n(low)));
                }
            }
        }
        let (left, right) = (left.cast_unsigned(), right.cast_unsigned());
        let strictly = apply(&mut Functions::default(), functor, &[u(left), u(right)]);
        if let Some(expected) = wide(functor, left.into(), right.into()) {
            match u64::try_from(expected) {
                Ok(exact) => prop_assert_eq!(strictly, Ok(u(exact))),
                Err(_) => prop_assert!(strictly.is_err()),
            }
        }
    }
}

#[test]
fn floats_have_all_operations_and_bits_for_a_number() {
    let float = |functor, left, right| strict(functor, &[f(left), f(right)]);
    assert_eq!(float(Functor::Add, 1.5, 2.25), f(3.75));
    assert_eq!(float(Functor::Subtract, 1.5, 2.25), f(-0.75));
    assert_eq!(float(Functor::Multiply, 1.5, -2.0), f(-3.0));
    assert_eq!(float(Functor::Divide, 1.5, -2.0), f(-0.75));
    assert_eq!(float(Functor::Remainder, -7.5, 2.0), f(-1.5));
    assert_eq!((float(Functor::Min, 2.0, -3.0), float(Functor::Max, 2.0, -3.0)), (f(-3.0), f(2.0)));
    assert_eq!(strict(Functor::Negate, &[f(2.5)]), f(-2.5));
    assert_eq!(strict(Functor::ToFloat, &[f(2.5)]), f(2.5));
    assert_eq!(strict(Functor::Ord, &[f(1.0)]), n(1.0_f64.to_bits().cast_signed()));
    assert!(refused(Functor::Strlen, &[f(1.0)]).contains("strlen"));
    assert!(refused(Functor::Strlen, &[f(1.0), f(1.0)]).contains("strlen"));
}

#[test]
fn sums_fit_or_wrap() {
    let sum = |wrap, kind, total| {
        let mut values = Values::default();
        let word = Functions::new(wrap, false).sum(kind, total, &mut values).map_err(|failure| failure.to_string())?;
        Ok::<Value, String>(decode(&values, kind, word))
    };
    let (most, over) = (i128::from(i64::MAX), i128::from(u64::MAX));
    assert_eq!(sum(false, Kind::Number, most), Ok(n(i64::MAX)));
    assert_eq!(sum(false, Kind::Unsigned, over), Ok(u(u64::MAX)));
    assert_eq!(sum(true, Kind::Number, most + 1), Ok(n(i64::MIN)));
    assert_eq!(sum(true, Kind::Unsigned, over + 3), Ok(u(2)));
    let refused = "the sum 9223372036854775808 does not fit a number (64 bits)";
    assert_eq!(sum(false, Kind::Number, most + 1), Err(refused.to_owned()));
    assert!(sum(false, Kind::Unsigned, -1).is_err_and(|text| text.starts_with("the sum -1 does not fit an unsigned")));
}

#[test]
fn nothing_but_zero_is_read_as_a_record() {
    let mut values = Values::default();
    let (zero, one) = (values.number(0), values.number(1));
    let mut read = |word, to| Functions::default().reinterpret(Kind::Number, to, word, &mut values).ok();
    assert_eq!((read(zero, Kind::Record), read(one, Kind::Record), read(zero, Kind::Adt)), (Some(0), None, None));
    assert_eq!(read(one, Kind::Symbol).is_some(), values_have(1));
    assert_eq!(read(zero, Kind::Number), Some(zero));
}

/// Whether a new pool of values has a symbol with an id.
fn values_have(id: usize) -> bool {
    id < Values::default().symbols.len()
}
