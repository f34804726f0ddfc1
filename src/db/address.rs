//! The address of a PostgreSQL server, looked at before libpq sees it: what libpq cannot read it tells word for word, and
//! a password with a sign that means something in an address would be told in part.

use crate::error::{Error, Result};

/// Checks what stands behind `postgres://`. What is wrong is told without any part of it.
///
/// Errors: `Config`.
pub fn check(rest: &str) -> Result<()> {
    let wrong = |zh: &str, en: &str| Err(Error::Config(format!("DATABASE_URL: {zh}；{en}")));
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
    let has_sign = user.contains('@') || rest[authority.len()..].contains('@');
    let is_plain = |sign: u8| sign.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:%".contains(&sign);
    if has_sign || !user.bytes().all(is_plain) || !is_encoded(rest) {
        return wrong(
            "用户名和密码中的特殊字符须按百分号编码，例如 @ 写作 %40",
            "signs that mean something in an address are percent-encoded in user name and password: @ is %40",
        );
    }
    if !hosts.split(',').all(has_port) {
        return wrong(
            "应为 postgres://用户名:密码@主机:端口/数据库",
            "it has the form postgres://USER:PASSWORD@HOST:PORT/NAME, and a port is a number up to 65535",
        );
    }
    Ok(())
}

/// Whether each `%` begins a sign in hexadecimal that is not NUL.
fn is_encoded(text: &str) -> bool {
    let is_code = |code: Option<&[u8]>| {
        code.is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit) && code != b"00")
    };
    text.bytes().enumerate().all(|(at, sign)| sign != b'%' || is_code(text.as_bytes().get(at + 1..at + 3)))
}

/// Whether what follows a host, if anything does, is a port.
fn has_port(host: &str) -> bool {
    let behind = host.strip_prefix('[').map_or(Some(host), |v6| v6.split_once(']').map(|(_, rest)| rest));
    match behind.map(|rest| rest.split_once(':')) {
        Some(None) => true,
        Some(Some((_, port))) => port.is_empty() || port.parse::<u16>().is_ok_and(|port| port > 0),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_when_libpq_reads_it_as_it_is_meant() {
        for good in [
            "",
            "localhost",
            "localhost/a",
            "clerk@localhost:5432/a?sslmode=require",
            "clerk:p%40ss%2Fword@db.example.org/a",
            "clerk:@127.0.0.1:1/a",
            "u:p@one:1,two:2/a?target_session_attrs=any",
            "u:a%3Fb!$&'()*+,;=~@[::1]:5432/a",
            "/a?host=/run/postgresql&password=a%40b",
            "%2Frun%2Fpostgresql/a",
            "u:p@h:/a",
        ] {
            assert!(check(good).is_ok(), "{good}");
        }
        for wrong in [
            "u:s3@cret@h/a",
            "u:s3/cret@h/a",
            "u:s3?cret@h/a",
            "u:s3#cret@h/a",
            "u:s3 cret@h/a",
            "u:s3%cret@h/a",
            "u:s3[cret@h/a",
            "u:s3cret%00@h/a",
            "u:密s3cret@h/a",
            "u:s3cret",
            "u:s3cret/a",
            "u:99999/a",
            "u@h:s3cret/a",
            "u@[::1:s3cret/a",
            "u@h/a?password=s3@cret",
        ] {
            let told = check(wrong).expect_err(wrong).to_string();
            assert!(!told.contains("s3") && !told.contains("cret"), "{wrong}: {told}");
        }
    }
}
