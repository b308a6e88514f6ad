//! Calendar days as numbers `YYYYMMDD`, which sort as dates do.

/// The day of an ISO date `2024-02-29`; nothing where there is no such day. Years run from 1 to 9999.
#[must_use]
pub fn parse(text: &str) -> Option<i64> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
    let digits = |bytes: &[&u8]| {
        bytes.iter().try_fold(0_i64, |value, byte| byte.is_ascii_digit().then(|| value * 10 + i64::from(**byte - b'0')))
    };
    let number = digits(&[y1, y2, y3, y4])? * 10_000 + digits(&[m1, m2])? * 100 + digits(&[d1, d2])?;
    split(number).map(|_| number)
}

/// The ISO date of a number `YYYYMMDD`; nothing where there is no such day.
#[must_use]
pub fn text(date: i64) -> Option<String> {
    split(date).map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}"))
}

/// The date so many days later, or earlier; nothing where either day does not exist.
#[must_use]
pub fn add_days(date: i64, days: i64) -> Option<i64> {
    let ordinal = ordinal(date)?.checked_add(days)?;
    // Years 1 to 9999; see `split`.
    ((-719_162..=2_932_896).contains(&ordinal)).then(|| civil(ordinal))
}

/// How many days the second date is after the first; nothing where either day does not exist.
#[must_use]
pub fn days_between(from: i64, until: i64) -> Option<i64> {
    Some(ordinal(until)? - ordinal(from)?)
}

fn split(date: i64) -> Option<(i64, i64, i64)> {
    let (year, month, day) = (date / 10_000, date / 100 % 100, date % 100);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    ((1..=9999).contains(&year) && (1..=days).contains(&day)).then_some((year, month, day))
}

/// Days since 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms", `days_from_civil`).
fn ordinal(date: i64) -> Option<i64> {
    let (year, month, day) = split(date)?;
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// The inverse of [`ordinal`] (`civil_from_days`, ibidem).
fn civil(ordinal: i64) -> i64 {
    let shifted = ordinal + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    year * 10_000 + month * 100 + day
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_days_are_dates() {
        assert_eq!(parse("2024-02-29"), Some(20_240_229));
        assert_eq!(parse("0001-01-01"), Some(10_101));
        for text in ["2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10", "2024-04-31", "24-01-01", "2024-1-1", ""] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("2000-02-29"), Some(20_000_229));
        assert_eq!((text(20_240_229), text(20_230_229), text(-5)), (Some("2024-02-29".into()), None, None));
    }

    #[test]
    fn days_are_counted_over_leap_years_and_ends() {
        assert_eq!(add_days(20_240_228, 2), Some(20_240_301));
        assert_eq!(add_days(20_230_101, -1), Some(20_221_231));
        assert_eq!(add_days(19_700_101, 20_000), Some(20_241_004));
        assert_eq!(add_days(99_991_231, 1), None);
        assert_eq!(add_days(10_101, -1), None);
        assert_eq!(add_days(10_101, i64::MAX), None);
        assert_eq!(days_between(20_240_101, 20_250_101), Some(366));
        assert_eq!(days_between(20_250_101, 20_240_101), Some(-366));
        assert_eq!(ordinal(99_991_231), Some(2_932_896));
        assert_eq!(ordinal(10_101), Some(-719_162));
    }

    #[test]
    fn every_day_of_eight_centuries_survives() {
        let first = ordinal(16_000_101).unwrap();
        for ordinal_day in first..first + 300_000 {
            let date = civil(ordinal_day);
            assert_eq!(ordinal(date), Some(ordinal_day));
            assert_eq!(parse(&text(date).unwrap()), Some(date));
        }
    }
}
