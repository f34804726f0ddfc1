//! How much memory pictures take that swell: six uploads at a time, each of a few hundred kilobytes that are 33
//! million pixels of 16 bits, turned, and then their small pictures. `cargo bench --bench pictures` prints the size of
//! the uploads, the time, and by how much the process grew at its peak, as Linux tells it.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and ends when it cannot go on"
)]

use std::time::Instant;

use actix_web::test;
use futures_util::future::join_all;
use image::{DynamicImage, ImageBuffer, ImageFormat, Rgb};
use img_parts::ImageEXIF;
use img_parts::png::Png;
use taizhang::api::{self, Settings, Shared};
use taizhang::db::Db;
use taizhang::db::ledger::Origin;
use taizhang::domain::access::KeyRole;
use taizhang::domain::token::Token;
use taizhang::exchange::drafts::key::KeyDraft;
use taizhang::storage::MOST_MIB;

const AT_ONCE: u16 = 6;

/// A picture of one colour, which is another for each number, that has to be turned.
fn picture(number: u16) -> Vec<u8> {
    let colour = Rgb([number * 1000, 0, u16::MAX]);
    let picture = DynamicImage::from(ImageBuffer::from_pixel(6600, 5000, colour));
    let mut file = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png).unwrap();
    let mut png = Png::from_bytes(file.into_inner().into()).unwrap();
    let turned = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    png.set_exif(Some(turned.to_vec().into()));
    png.encoder().bytes().into()
}

/// What the process has, and had at most since it was last forgotten, in MiB.
fn memory(which: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(which)).unwrap();
    line.trim_matches(|sign: char| !sign.is_ascii_digit()).parse::<u64>().unwrap() >> 10
}

#[actix_web::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite://{}/pictures.db", folder.path().display()), 2).unwrap();
    db.migrate().unwrap();
    let token = Token::generate().unwrap();
    let draft =
        KeyDraft { name: "bench".parse().unwrap(), role: KeyRole::Admin, area: None, expires_at: None };
    let secret = token.to_string();
    db.write(Origin::command("bench"), move |entry| draft.make(entry, &token, None)).await.unwrap();
    let shared = Shared::new(db, Settings::default()).unwrap();
    let service = test::init_service(api::app(&shared)).await;
    let files: Vec<Vec<u8>> = (0..AT_ONCE).map(picture).collect();
    println!("{AT_ONCE} pictures of {} KiB, bound {MOST_MIB} MiB", files[0].len() >> 10);

    let bearer = ("authorization", format!("Bearer {secret}"));
    let uploads = files.iter().map(|file| {
        let head = "--a\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
        test::TestRequest::post()
            .uri("/api/v1/attachments")
            .insert_header(bearer.clone())
            .insert_header(("content-type", "multipart/form-data; boundary=a"))
            .set_payload([head.as_bytes(), file, b"\r\n--a--\r\n"].concat())
            .to_request()
    });
    let answers = measured("uploads", join_all(uploads.map(|call| test::call_service(&service, call)))).await;
    let mut smalls = Vec::new();
    for answer in answers {
        let status = answer.status();
        let told: serde_json::Value = test::read_body_json(answer).await;
        assert_eq!(status, 201, "{told}");
        let path = format!("/api/v1/attachments/{}?thumbnail=160", told["id"].as_str().unwrap());
        smalls.push(test::TestRequest::get().uri(&path).insert_header(bearer.clone()).to_request());
    }
    let smalls = smalls.into_iter().map(|call| test::call_service(&service, call));
    let answers = measured("small pictures", join_all(smalls)).await;
    assert!(answers.iter().all(|answer| answer.status() == 200));
}

async fn measured<T>(what: &str, work: impl Future<Output = T>) -> T {
    // Forgets the peak.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let (before, began) = (memory("VmRSS:"), Instant::now());
    let done = work.await;
    let grown = memory("VmHWM:").saturating_sub(before);
    println!("{what:>15}: {:>6.1} s, {grown} MiB more at the peak", began.elapsed().as_secs_f64());
    done
}
