//! Codes and ids: what is taken is given back as it was written, area codes filled up with zeros.

#![no_main]

use libfuzzer_sys::fuzz_target;
use taizhang::domain::area_code::AreaCode;
use taizhang::domain::code::Code;
use taizhang::domain::id::Id;

fuzz_target!(|text: &str| {
    if let Ok(code) = text.parse::<AreaCode>() {
        let printed = code.to_string();
        assert_eq!(printed, format!("{text:0<12}"));
        assert_eq!(AreaCode::try_from(code.as_i64()), Ok(code));
        for digits in [2, 4, 6, 9, 12] {
            let above: AreaCode = printed[..digits].parse().expect("a shorter code");
            assert!(above.subtree().contains(code.subtree().start()), "{above} above {code}");
            assert!(above.subtree().contains(code.subtree().end()), "{above} above {code}");
        }
    }
    if let Ok(code) = text.parse::<Code>() {
        assert_eq!(code.as_str(), text);
        assert_eq!(code.to_string(), text);
        assert!(!text.contains(['/', '?', '#', '%', ' ']), "fits into a path");
    }
    assert!(Code::to_give(text).is_err() || text.parse::<Code>().is_ok());
    if let Ok(id) = text.parse::<Id>() {
        assert!(id.number() > 0);
        assert_eq!(id.number().to_string(), text);
    }
});
