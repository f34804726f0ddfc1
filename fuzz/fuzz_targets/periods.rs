//! Periods and dates: one span has one canonical form, which is read back, as are its days in Chinese.

#![no_main]

use libfuzzer_sys::fuzz_target;
use taizhang::domain::partial_date::PartialDate;
use taizhang::domain::period::Period;
use taizhang::domain::when::calendar_day;

fuzz_target!(|text: &str| {
    let period = text.parse::<Period>();
    if let Ok(period) = &period {
        let (first, last) = (period.first_day(), period.last_day());
        assert!(first <= last);
        assert_eq!(Period::from_days(first, last), Ok(*period));
        let canonical = period.to_string();
        assert_eq!(canonical.parse(), Ok(*period), "{canonical}");
        let in_chinese = format!("{}至{}", first.format("%Y年%-m月%-d日"), last.format("%Y年%-m月%-d日"));
        assert_eq!(in_chinese.parse(), Ok(*period), "{in_chinese}");
    }
    if let Ok(date) = text.parse::<PartialDate>() {
        let (first, last) = (date.first_day(), date.last_day());
        assert!(first <= last);
        assert_eq!(date.to_string(), text);
        // Periods do not reach back as far as dates.
        if let Ok(period) = &period {
            assert_eq!((period.first_day(), period.last_day()), (first, last));
        }
    }
    if let Some(day) = calendar_day(text) {
        assert_eq!(day.to_string(), text);
    }
});
