//! Attachments: what is taken and what is not, what is left of photos, who sees a file, small pictures, and
//! what happens to files that nobody uses.

use std::io::{Cursor, Write};

use actix_web::http::Method;
use chrono::{TimeDelta, Utc};
use image::{DynamicImage, ImageFormat};
use img_parts::jpeg::{Jpeg, JpegSegment};
use img_parts::png::{Png, PngChunk};
use img_parts::riff::{RiffChunk, RiffContent};
use img_parts::webp::WebP;
use img_parts::{Bytes, ImageEXIF, ImageICC};
use serde_json::{Value, json};
use taizhang::api::Settings;
use taizhang::db::attachments as rows;
use taizhang::domain::hash::sha256;
use taizhang::exchange::attachments::collect;
use taizhang::storage::{Store, pictures};

use crate::builders::attachments::{PLACE, exif, form, head_of_png, pdf, photo, picture, png};
use crate::harness::{Answer, TestApp};

const PATH: &str = "/api/v1/attachments";

impl TestApp {
    async fn upload_to(&self, path: &str, file: &[u8], key: &str) -> Answer {
        let (media_type, body) = form(file);
        self.request(Method::POST, path).by(key).body(&media_type, body).await
    }

    /// Uploads a file that is taken, and gives what the answer says.
    async fn uploaded(&self, path: &str, file: &[u8], key: &str) -> Value {
        let answer = self.upload_to(path, file, key).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()
    }

    async fn file(&self, attachment: &Value, key: Option<&str>) -> Answer {
        self.get(&address(attachment)).by_if(key).await
    }

    /// Hangs a file on a project or a plan item.
    fn hang(&self, attachment: &Value, subject: &str, code: &str, report: i64) {
        self.sql(&format!(
            "INSERT INTO progress_reports (id, {subject}, as_of, author, recorded_at, seq, updated_at) VALUES \
             ({report}, '{code}', '2023-01-01', 'clerk', '2023-01-01 00:00:00', 1, '2023-01-01 00:00:00')"
        ));
        let id = attachment["id"].as_str().unwrap();
        self.sql(&format!(
            "INSERT INTO progress_report_attachments (progress_report, ordinal, attachment) VALUES ({report}, 0, '{id}')"
        ));
    }
}

fn address(attachment: &Value) -> String {
    format!("{PATH}/{}", attachment["id"].as_str().unwrap())
}

fn holds(file: &[u8], words: &[u8]) -> bool {
    file.windows(words.len()).any(|window| window == words)
}

async fn internal_project(app: &TestApp) {
    app.project(json!({
        "code": "secret-works", "name": "密件工程", "kind": "construction", "areas": ["430681107230"],
        "stage": "idea", "visibility": "internal",
    }))
    .await;
}

#[actix_web::test]
async fn a_file_is_kept_under_its_hash_and_told_by_its_content() {
    let (app, key) = TestApp::seeded_for("reporter", Some("430681107")).await;
    let head = app.db.head().await.unwrap();
    for (file, media_type, size) in [
        (picture(40, 20, ImageFormat::Jpeg), "image/jpeg", json!([40, 20, false])),
        (png(3, 5), "image/png", json!([3, 5, false])),
        (picture(6, 7, ImageFormat::WebP), "image/webp", json!([6, 7, false])),
        (pdf("a plan"), "application/pdf", json!([null, null, null])),
    ] {
        let answer = app.upload_to(PATH, &file, &key).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let told = answer.json();
        let id = sha256(&[&file]);
        assert_eq!((&told["id"], &told["sha256"]), (&json!(id), &json!(id)), "nothing had to be taken out");
        assert_eq!(told["media_type"], media_type);
        assert_eq!(told["size_bytes"], file.len());
        assert_eq!(json!([told["width"], told["height"], told["position_kept"]]), size);
        assert_eq!(told["author"], "reporter");
        assert_eq!(answer.header("location"), address(&told));
        assert_eq!(answer.header("etag"), format!("\"{id}\""));

        let read = app.file(&told, Some(&key)).await;
        assert_eq!((read.status.as_u16(), &read.body), (200, &file));
        assert_eq!(read.header("content-type"), media_type);
        assert_eq!(read.header("etag"), answer.header("etag"));
        assert_eq!(read.header("cache-control"), "private, no-cache");
        assert_eq!(read.header("x-content-type-options"), "nosniff");
        assert!(read.header("content-security-policy").starts_with("sandbox; default-src 'none'"));
        let ending = media_type.rsplit('/').next().unwrap().replace("jpeg", "jpg");
        let how = if ending == "pdf" { "attachment" } else { "inline" };
        assert_eq!(read.header("content-disposition"), format!("{how}; filename=\"{}.{ending}\"", &id[..16]));

        let etag = read.header("etag").to_owned();
        let again = app.get(&address(&told)).by(&key).header("if-none-match", &etag).await;
        assert_eq!((again.status.as_u16(), again.body.len(), again.header("etag")), (304, 0, etag.as_str()));
        let head = app.request(Method::HEAD, &address(&told)).by(&key).await;
        assert_eq!((head.status.as_u16(), head.header("content-type")), (200, media_type));
        let json = app.get(&address(&told)).by(&key).header("accept", "application/json");
        json.await.problem(406, "not_acceptable");
    }
    assert_eq!(app.db.head().await.unwrap(), head, "what is uploaded is no entry of the ledger");
}

#[actix_web::test]
async fn an_upload_that_is_repeated_is_answered_as_the_first_time() {
    let app = TestApp::seeded().await;
    let [key, other] = [app.key("reporter", None).await, app.key("editor", Some("430681108")).await];
    let first = app.uploaded(PATH, &png(4, 4), &key).await;
    app.sql("UPDATE attachments SET recorded_at = '2020-01-01 00:00:00', touched_at = '2020-01-01 00:00:00'");
    app.sql("UPDATE attachment_uploads SET recorded_at = '2020-01-01 00:00:00'");
    let again = app.uploaded(PATH, &png(4, 4), &key).await;
    assert_eq!((&again["id"], &again["recorded_at"]), (&first["id"], &json!("2020-01-01T00:00:00Z")));
    // Somebody else's upload of the same file tells nothing of the first.
    app.file(&first, Some(&other)).await.problem(404, "not_found");
    let theirs = app.uploaded(PATH, &png(4, 4), &other).await;
    assert_eq!((&theirs["id"], &theirs["author"]), (&first["id"], &json!("editor")));
    assert_ne!(theirs["recorded_at"], again["recorded_at"]);
    assert_eq!(app.file(&first, Some(&other)).await.status, 200);
    // It is as if it had just come.
    let week = Utc::now().naive_utc() - TimeDelta::days(7);
    assert_eq!(collect(&app.db, &app.store, week).await.unwrap(), 0);
    let file = png(9, 9);
    let all = futures_util::future::join_all((0..8).map(|_| app.uploaded(PATH, &file, &key))).await;
    assert!(all.iter().all(|one| one == &all[0]), "{all:?}");
    assert_eq!(app.file(&all[0], Some(&key)).await.body, file);
}

#[actix_web::test]
async fn nothing_of_a_photo_tells_where_it_was_taken() {
    let (app, key) = TestApp::seeded_for("reporter", None).await;
    let with_webp = {
        let mut webp = WebP::from_bytes(picture(30, 10, ImageFormat::WebP).into()).unwrap();
        webp.set_exif(Some(exif(6)));
        for id in [*b"XMP ", *b"note"] {
            webp.chunks_mut().push(RiffChunk::new(id, RiffContent::Data(Bytes::from_static(PLACE))));
        }
        [&webp.encoder().bytes()[..], PLACE].concat()
    };
    let with_png = {
        let mut png = Png::from_bytes(png(30, 10).into()).unwrap();
        png.set_exif(Some(exif(6)));
        for kind in [*b"tEXt", *b"iTXt", *b"zTXt", *b"tIME", *b"prVt"] {
            png.chunks_mut().insert(1, PngChunk::new(kind, Bytes::from_static(PLACE)));
        }
        [&png.encoder().bytes()[..], PLACE].concat()
    };
    for (file, width, height) in [(photo(6), 200, 400), (with_png, 10, 30), (with_webp, 10, 30)] {
        assert!(holds(&file, PLACE));
        let told = app.uploaded(PATH, &file, &key).await;
        assert_eq!(told["position_kept"], false, "{told}");
        assert_eq!((&told["width"], &told["height"]), (&json!(width), &json!(height)), "upright: {told}");
        let read = app.file(&told, Some(&key)).await;
        assert!(!holds(&read.body, &PLACE[..8]), "{told}");
        assert!(!holds(&read.body, b"xap") && !holds(&read.body, b"Photoshop"));
        // What is stored can be uploaded again, and stays what it is.
        assert_eq!(app.uploaded(PATH, &read.body, &key).await["id"], told["id"]);
        // The picture itself is the same.
        let pixels = |file: &[u8]| image::load_from_memory(file).unwrap().to_rgb8();
        assert_eq!(pixels(&read.body), pixels(&file), "{told}");

        let kept = app.uploaded(&format!("{PATH}?keep_position=true"), &file, &key).await;
        assert_eq!(kept["position_kept"], true);
        assert_eq!(app.file(&kept, Some(&key)).await.body, file, "as it was sent");
    }
    let plain = app.file(&app.uploaded(PATH, &photo(1), &key).await, Some(&key)).await.body;
    assert!(!holds(&plain, b"Exif"), "which way is up is plain");
    let jpeg = Jpeg::from_bytes(plain.into()).unwrap();
    assert_eq!(jpeg.icc_profile().unwrap(), "a profile of colours");
    // Where there was nothing to keep, nothing was kept.
    assert_eq!(
        app.uploaded(&format!("{PATH}?keep_position=true"), &png(2, 2), &key).await["position_kept"],
        false
    );
}

#[actix_web::test]
async fn a_photo_in_several_scans_stays_whole() {
    // A baseline picture whose one scan is followed by a comment and a table, as a progressive one's are.
    let (app, key) = TestApp::seeded_for("reporter", None).await;
    let plain = picture(64, 64, ImageFormat::Jpeg);
    let end = plain.len() - 2;
    let between = [&b"\xFF\xFE\0\x14"[..], PLACE, b"\xFF\xDD\0\x04\0\0"].concat();
    let file = [&plain[..end], &between, &plain[end..]].concat();
    let read = app.file(&app.uploaded(PATH, &file, &key).await, Some(&key)).await.body;
    assert_eq!(read, [&plain[..end], b"\xFF\xDD\0\x04\0\0", &plain[end..]].concat());
    for cut in [&file[..file.len() - 1], &file[..end], &plain[..end - 20]] {
        let problem = app.upload_to(PATH, cut, &key).await.problem(422, "invalid_value");
        assert_eq!(problem["errors"][0]["code"], "broken_picture");
    }
}

#[test]
fn a_picture_that_was_cut_anywhere_is_broken() {
    let plain = picture(48, 32, ImageFormat::Jpeg);
    let between = [&b"\xFF\xFE\0\x14"[..], PLACE, b"\xFF\xDD\0\x04\0\0"].concat();
    let scans = [&plain[..plain.len() - 2], &between, &plain[plain.len() - 2..]].concat();
    let mut jpeg = Jpeg::from_bytes(scans.clone().into()).unwrap();
    // A small picture inside of the large one's head, with an end of its own.
    jpeg.set_exif(Some([&exif(6)[..], &plain].concat().into()));
    for whole in
        [plain, scans, jpeg.encoder().bytes().into(), png(48, 32), picture(48, 32, ImageFormat::WebP)]
    {
        let taken = |file: &[u8], keep| {
            pictures::recognise(file.to_vec()).and_then(|recognised| pictures::prepare(recognised, keep))
        };
        assert!(taken(&whole, false).is_ok());
        // What is cut within its first signs has no type.
        for (cut, keep) in (16..whole.len()).zip([false, true].into_iter().cycle()) {
            let fault = taken(&whole[..cut], keep).unwrap_err();
            let is_broken =
                matches!(&fault, pictures::Unfit::Content(invalid) if invalid.code == "broken_picture");
            assert!(is_broken, "{cut} of {}: {fault:?}", whole.len());
        }
    }
}

#[actix_web::test]
async fn what_pictures_take_is_bounded_for_the_whole_process() {
    let mib = |file: Vec<u8>| pictures::recognise(file).map(|recognised| recognised.mib);
    // 33 million pixels of three times 16 bits.
    let large = mib(head_of_png(6600, 5000, 16)).unwrap();
    assert_eq!(large, 189);
    assert_eq!(mib(head_of_png(6600, 5000, 8)).unwrap(), 95);
    assert!(matches!(mib(head_of_png(10_000, 5_001, 8)), Err(pictures::Unfit::Content(_))));
    // A profile of colours may swell too: it has its part, and no more.
    let mut swelling = Png::from_bytes(png(9, 9).into()).unwrap();
    let mut packed = flate2::write::ZlibEncoder::new(b"a\0\0".to_vec(), flate2::Compression::best());
    packed.write_all(&vec![0; 17 << 20]).unwrap();
    swelling.chunks_mut().insert(1, PngChunk::new(*b"iCCP", packed.finish().unwrap().into()));
    let swelling = pictures::recognise(swelling.encoder().bytes().into()).unwrap();
    assert_eq!(swelling.mib, 17);
    // What swells beyond is left out, and the picture is seen without.
    assert_eq!(pictures::prepare(swelling, false).unwrap().pixels, Some((9, 9)));
    // Of a JPEG in several scans, a decoder holds all coefficients: two bytes for each part of each pixel.
    let mut jpeg = Jpeg::from_bytes(picture(16, 16, ImageFormat::Jpeg).into()).unwrap();
    let frame = jpeg.segments().iter().position(|segment| segment.marker() == 0xC0).unwrap();
    let sized = |parts: &[u8]| {
        let head = [8, 19, 136, 19, 136, 3];
        JpegSegment::new_with_contents(0xC2, [&head[..], parts].concat().into())
    };
    jpeg.segments_mut()[frame] = sized(&[1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1]);
    assert_eq!(mib(jpeg.clone().encoder().bytes().into()).unwrap(), 215);
    jpeg.segments_mut()[frame] = sized(&[1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
    assert_eq!(mib(jpeg.encoder().bytes().into()).unwrap(), 144);

    let store = Store::in_memory();
    let most = taizhang::storage::MOST_MIB;
    assert!(large * 2 <= most && large * 3 > most);
    let first = store.turn(large).await.unwrap();
    let _second = store.turn(large).await.unwrap();
    let mut third = std::pin::pin!(store.turn(large));
    assert!(futures_util::poll!(&mut third).is_pending(), "three are too many");
    let mut small = std::pin::pin!(store.turn(1));
    assert!(futures_util::poll!(&mut small).is_pending(), "nobody is overtaken for ever");
    first.work(|| ()).await.unwrap();
    third.await.unwrap();
    small.await.unwrap();
}

#[actix_web::test]
async fn small_pictures_are_upright_and_made_once() {
    let (app, key) = TestApp::seeded_for("reporter", None).await;
    let told = app.uploaded(PATH, &photo(6), &key).await;
    let small = |size: &str| app.get(&format!("{}?thumbnail={size}", address(&told))).by(&key);
    for (size, width, height) in [("160", 80, 160), ("320", 160, 320), ("640", 200, 400)] {
        let answer = small(size).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "image/jpeg"));
        assert_eq!(answer.header("etag"), format!("\"{}-{size}\"", told["id"].as_str().unwrap()));
        let shown = image::load_from_memory(&answer.body).unwrap().to_rgb8();
        assert_eq!(shown.dimensions(), (width, height), "no larger than the picture is");
        // What was left is above: a turn to the right.
        let [top, bottom] =
            [shown.get_pixel(width / 2, height / 8), shown.get_pixel(width / 2, height * 7 / 8)];
        assert!(
            top.0[0] > 200 && top.0[2] < 60 && bottom.0[2] > 200 && bottom.0[0] < 60,
            "{top:?} {bottom:?}"
        );
        assert_eq!(small(size).await.body, answer.body);
    }
    // The second time it is not made again: a picture that is gone is not missed.
    let before = small("160").await.body;
    app.sql("UPDATE attachments SET media_type = 'image/webp'");
    assert_eq!(small("160").await.body, before);
    app.sql("UPDATE attachments SET media_type = 'image/jpeg'");
    for wrong in ["0", "161", "x", "-160", "160,320"] {
        small(wrong).await.problem(400, "invalid_parameter");
    }
    let see_through = {
        let picture = DynamicImage::from(image::RgbaImage::new(8, 8));
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, ImageFormat::Png).unwrap();
        file.into_inner()
    };
    let told = app.uploaded(PATH, &see_through, &key).await;
    let answer = app.get(&format!("{}?thumbnail=160", address(&told))).by(&key).await;
    let white = image::load_from_memory(&answer.body).unwrap().to_rgb8();
    assert!(white.pixels().all(|pixel| pixel.0.iter().all(|part| *part > 250)));
    let told = app.uploaded(PATH, &pdf("a plan"), &key).await;
    let none = app.get(&format!("{}?thumbnail=160", address(&told))).by(&key).await;
    assert_eq!(none.problem(422, "invalid_value")["errors"][0]["parameter"], "thumbnail");
}

#[actix_web::test]
async fn what_is_no_such_file_is_refused() {
    let (app, key) = TestApp::seeded_for("reporter", None).await;
    for file in [
        &b"just words"[..],
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        b"GIF89a\x01\0\x01\0\0\0\0;",
        b"PK\x03\x04",
        b"PDF-1.4",
        b"\0",
    ] {
        app.upload_to(PATH, file, &key).await.problem(415, "unsupported_media_type");
    }
    let refused = |answer: Answer, code: &str| {
        let problem = answer.problem(422, "invalid_value");
        assert_eq!(
            (&problem["errors"][0]["code"], &problem["errors"][0]["pointer"]),
            (&json!(code), &json!("/file"))
        );
    };
    for file in [&b"\xFF\xD8\xFF\xE0"[..], &png(9, 9)[..40], b"RIFF\x04\0\0\0WEBP", &photo(1)[..300]] {
        refused(app.upload_to(PATH, file, &key).await, "broken_picture");
    }
    refused(app.upload_to(PATH, b"", &key).await, "empty");
    // Ten thousand by ten thousand pixels in a few hundred bytes.
    let bomb = {
        let mut png = Png::from_bytes(png(1, 1).into()).unwrap();
        let header = b"\0\0\x27\x10\0\0\x27\x10\x08\x02\0\0\0";
        png.chunks_mut()[0] = PngChunk::new(*b"IHDR", Bytes::from_static(header));
        png.encoder().bytes()
    };
    refused(app.upload_to(PATH, &bomb, &key).await, "too_many_pixels");
}

#[actix_web::test]
async fn a_form_has_one_file_of_at_most_ten_mebibytes() {
    let (app, key) = TestApp::seeded_for("reporter", None).await;
    let most = pdf(&"x".repeat((10 << 20) - pdf("").len()));
    assert_eq!(most.len(), 10 << 20);
    let told = app.uploaded(PATH, &most, &key).await;
    assert!(app.file(&told, Some(&key)).await.body == most);
    for more in [1, 1 << 20] {
        let beyond = [most.as_slice(), &vec![b'x'; more]].concat();
        app.upload_to(PATH, &beyond, &key).await.problem(413, "too_large");
    }
    let part = |name: &str, content: &str| {
        format!("--a\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"b\"\r\n\r\n{content}\r\n")
    };
    let (good, other) = (part("file", "%PDF-1.4\n"), part("photo/1", "%PDF-1.4\n"));
    let of = "multipart/form-data; boundary=a";
    for (media_type, body, status, slug, pointer) in [
        (of, format!("{good}--a--\r\n"), 201, "", ""),
        (of, format!("{good}{good}--a--\r\n"), 400, "malformed_request", "/file"),
        (of, format!("{good}{other}--a--\r\n"), 400, "unknown_parameter", "/photo~11"),
        (of, "--a--\r\n".to_owned(), 400, "malformed_request", "/file"),
        (of, good.clone(), 400, "malformed_request", ""),
        (of, String::new(), 400, "malformed_request", ""),
        (of, "--a\r\n\r\n%PDF-1.4\n\r\n--a--\r\n".to_owned(), 400, "malformed_request", ""),
        ("multipart/form-data", format!("{good}--a--\r\n"), 400, "malformed_request", ""),
        ("multipart/mixed; boundary=a", format!("{good}--a--\r\n"), 415, "unsupported_media_type", "-"),
        ("application/pdf", "%PDF-1.4\n".to_owned(), 415, "unsupported_media_type", "-"),
        ("nonsense", format!("{good}--a--\r\n"), 415, "unsupported_media_type", "-"),
    ] {
        let answer = app.request(Method::POST, PATH).by(&key).body(media_type, body.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{media_type} {body}: {}", answer.text());
        if status == 201 {
            continue;
        }
        let problem = answer.problem(status, slug);
        assert_eq!(problem["errors"][0]["pointer"].as_str().unwrap_or("-"), pointer, "{body}: {problem}");
    }
    for wrong in ["keep_position=yes", "keep_position=true&keep_position=true", "keep=true"] {
        let answer = app.upload_to(&format!("{PATH}?{wrong}"), &png(1, 1), &key).await;
        assert_eq!(answer.status, 400, "{wrong}: {}", answer.text());
    }
}

#[actix_web::test]
async fn a_file_is_seen_by_who_sees_what_it_hangs_on() {
    let app = TestApp::seeded().await;
    internal_project(&app).await;
    let [uploader, admin, town, neighbour] = [
        app.key("reporter", Some("430681107230")).await,
        app.key("admin", None).await,
        app.key("reader", Some("430681107")).await,
        app.key("admin", Some("430681108")).await,
    ];
    let keys = [None, Some(&neighbour), Some(&town), Some(&admin), Some(&uploader)];
    let seen = async |attachment: &Value| {
        let mut seen = Vec::new();
        for key in keys {
            let answer = app.file(attachment, key.map(String::as_str)).await;
            if answer.status != 200 {
                answer.problem(404, "not_found");
            }
            seen.push(answer.status == 200);
        }
        seen
    };
    let told = app.uploaded(PATH, &png(5, 5), &uploader).await;
    assert_eq!(seen(&told).await, [false, false, false, true, true], "it hangs on nothing");
    app.hang(&told, "project", "secret-works", 901);
    assert_eq!(seen(&told).await, [false, false, true, true, true], "on an internal project");
    let answer = app.file(&told, Some(&town)).await;
    assert_eq!(answer.header("cache-control"), "private, no-cache");
    assert_eq!(answer.header("vary"), "authorization");
    app.hang(&told, "plan_item", "bishi-2023.4.1", 902);
    assert_eq!(seen(&told).await, [true; 5], "on a public plan item too");
    for key in [None, Some(town.as_str())] {
        let answer = app.file(&told, key).await;
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, s-maxage=86400, immutable");
    }
    let public = app.uploaded(PATH, &png(6, 6), &uploader).await;
    app.hang(&public, "project", "tongba-bridge", 903);
    assert_eq!(seen(&public).await, [true; 5], "on a public project");
    let small = app.get(&format!("{}?thumbnail=160", address(&public))).await;
    assert_eq!((small.status.as_u16(), small.header("content-type")), (200, "image/jpeg"));

    // Nobody hangs on something of theirs what they do not see.
    let told = app.uploaded(PATH, &png(7, 7), &uploader).await;
    let ids = [&public, &told].map(|one| one["id"].as_str().unwrap().to_owned());
    for (key, missing) in [(&uploader, None), (&town, Some(ids[1].clone())), (&admin, None)] {
        let id = key.parse::<taizhang::domain::token::Token>().unwrap().id().to_string();
        let asked = ids.to_vec();
        let found = app.db.read(move |conn| {
            let caller = taizhang::db::keys::get(conn, &id)?.unwrap().caller();
            rows::missing_among(conn, &caller, &asked)
        });
        assert_eq!(found.await.unwrap().data, missing);
    }
    for unknown in ["0".repeat(64), "f".repeat(64)] {
        app.get(&format!("{PATH}/{unknown}")).await.problem(404, "not_found");
    }
    for malformed in ["0".repeat(63), "F".repeat(64), "x".to_owned()] {
        app.get(&format!("{PATH}/{malformed}")).await.problem(400, "invalid_parameter");
    }
}

#[actix_web::test]
async fn a_photo_is_hung_up_by_who_may_show_it_there() {
    let app = TestApp::seeded().await;
    internal_project(&app).await;
    let village = Some("430681107230");
    let [uploader, colleague, editor] = [
        app.key("reporter", village).await,
        app.key("reporter", village).await,
        app.key("editor", village).await,
    ];
    let [town, sibling] =
        [app.key("reporter", Some("430681107")).await, app.key("reporter", Some("430681107223")).await];
    let (secret, open) = ("projects/secret-works", "plan-items/bishi-2023.4.1");
    let hang = async |key: &str, subject: &str, photo: &Value| {
        let body = json!({"as_of": "2023-02-01", "text": "现场", "attachments": [photo["id"]]});
        let path = format!("/api/v1/{subject}/progress-reports");
        app.post(&path, body).by(key).await
    };
    let refused = |answer: Answer, pointer: &str, code: &str| {
        let problem = answer.problem(403, "forbidden");
        assert_eq!(
            (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
            (&json!(pointer), &json!(code))
        );
    };
    let photo = app.uploaded(PATH, &png(4, 4), &uploader).await;
    let made = hang(&uploader, secret, &photo).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(hang(&colleague, secret, &photo).await.status, 201, "it hangs there already");
    // No reporter who sees it makes it public, nor one who uploads it once more.
    for key in [&colleague, &town, &uploader] {
        refused(hang(key, open, &photo).await, "/attachments/0", "more_visible");
    }
    app.uploaded(PATH, &png(4, 4), &town).await;
    refused(hang(&town, open, &photo).await, "/attachments/0", "more_visible");
    // As evidence neither.
    let trial = json!({"code": "bishi-2023.x", "plan": "bishi-2023", "title": "试验"});
    let all = app.key("editor", None).await;
    assert_eq!(app.post("/api/v1/plan-items", trial).by(&all).await.status, 201);
    let go =
        |key: &str, body: Value| app.post("/api/v1/plan-items/bishi-2023.x/transitions", body).by(key).send();
    for to in ["assigned", "in_progress"] {
        assert_eq!(go(&all, json!({"to": to})).await.status, 200);
    }
    let asked =
        go(&town, json!({"to": "close_requested", "evidence": ["完工", {"attachment": photo["id"]}]})).await;
    refused(asked, "/evidence/1/attachment", "more_visible");
    app.file(&photo, None).await.problem(404, "not_found");
    // Whoever took the same picture knows nothing of where it hangs.
    let own = app.uploaded(PATH, &png(4, 5), &uploader).await;
    assert_eq!(hang(&uploader, secret, &own).await.status, 201);
    app.uploaded(PATH, &png(4, 5), &sibling).await;
    assert_eq!(hang(&sibling, open, &own).await.status, 201);
    // An editor of the place makes it public.
    assert_eq!(hang(&editor, open, &photo).await.status, 201);
    assert_eq!(app.file(&photo, None).await.status, 200);
    // What is public hangs nowhere else without its owner.
    refused(hang(&sibling, "projects/tongba-bridge", &photo).await, "/attachments/0", "not_yours");
}

#[actix_web::test]
async fn readers_do_not_upload() {
    let app = TestApp::seeded().await;
    let (media_type, body) = form(&png(1, 1));
    app.request(Method::POST, PATH).body(&media_type, body).await.problem(401, "unauthorized");
    let reader = app.key("reader", None).await;
    app.upload_to(PATH, &png(1, 1), &reader).await.problem(403, "forbidden");
}

#[actix_web::test]
async fn what_hangs_on_nothing_is_deleted_after_its_time() {
    let (app, key) = TestApp::seeded_for("reporter", None).await;
    let [young, old, hung] = [
        app.uploaded(PATH, &png(1, 9), &key).await,
        app.uploaded(PATH, &png(2, 9), &key).await,
        app.uploaded(PATH, &png(3, 9), &key).await,
    ];
    assert_eq!(app.get(&format!("{}?thumbnail=160", address(&old))).by(&key).await.status, 200);
    app.hang(&hung, "project", "tongba-bridge", 901);
    let id = |attachment: &Value| attachment["id"].as_str().unwrap().to_owned();
    for told in [&old, &hung] {
        app.sql(&format!(
            "UPDATE attachments SET touched_at = '2020-01-01 00:00:00' WHERE id = '{}'",
            id(told)
        ));
    }
    let wanted = id(&old);
    let key_of = key.clone();
    let object = app.db.read(move |conn| {
        let id = key_of.parse::<taizhang::domain::token::Token>().unwrap().id().to_string();
        let caller = taizhang::db::keys::get(conn, &id)?.unwrap().caller();
        Ok(rows::find(conn, Some(&caller), &wanted)?.row.object)
    });
    let object = object.await.unwrap().data;
    // A file that was announced and stored, and then its process died.
    app.sql("INSERT INTO attachment_strays (object, recorded_at) VALUES ('ab/stray', '2020-01-01 00:00:00')");
    app.store.put("ab/stray", b"?".to_vec()).await.unwrap();
    app.store.put("of-others", b"?".to_vec()).await.unwrap();
    assert!(app.store.read(&format!("{object}.160.jpg")).await.unwrap().is_some());

    let before = Utc::now().naive_utc() - TimeDelta::days(7);
    let (one, two) =
        futures_util::join!(collect(&app.db, &app.store, before), collect(&app.db, &app.store, before));
    assert_eq!(one.unwrap() + two.unwrap(), 1);
    for gone in [object.as_str(), &format!("{object}.160.jpg"), "ab/stray"] {
        assert!(app.store.read(gone).await.unwrap().is_none(), "{gone}");
    }
    assert!(app.store.read("of-others").await.unwrap().is_some());
    app.file(&old, Some(&key)).await.problem(404, "not_found");
    for kept in [&young, &hung] {
        assert_eq!(app.file(kept, Some(&key)).await.status, 200);
    }
    let now = Utc::now().naive_utc() + TimeDelta::days(1);
    assert_eq!(collect(&app.db, &app.store, now).await.unwrap(), 1, "the young one");
    assert_eq!(collect(&app.db, &app.store, now).await.unwrap(), 0);
    // What is gone can come again.
    assert_eq!(app.uploaded(PATH, &png(2, 9), &key).await["id"], old["id"]);
    assert_eq!(app.file(&old, Some(&key)).await.body, png(2, 9));
}

#[actix_web::test]
async fn what_hung_on_an_item_that_is_deleted_has_its_time_from_then_on() {
    let (app, key) = TestApp::seeded_for("editor", None).await;
    let send = |method: Method, path: &str, body: Value| {
        app.request(method, &format!("/api/v1/{path}")).by(&key).if_match("*").json(body).send()
    };
    let told = app.uploaded(PATH, &png(4, 9), &key).await;
    let item = json!({"code": "bishi-2023.x", "plan": "bishi-2023", "title": "试验"});
    let made = app.post("/api/v1/plan-items", item).by(&key).await;
    assert_eq!(made.status, 201);
    for to in ["assigned", "in_progress", "close_requested"] {
        let evidence = if to == "close_requested" { json!([{"attachment": told["id"]}]) } else { json!([]) };
        let body = json!({"to": to, "evidence": evidence});
        assert_eq!(send(Method::POST, "plan-items/bishi-2023.x/transitions", body).await.status, 200);
    }
    app.sql("UPDATE attachments SET touched_at = '2020-01-01 00:00:00'");
    assert_eq!(app.delete("/api/v1/plan-items/bishi-2023.x").by(&key).await.status, 204);
    let now = Utc::now().naive_utc();
    assert_eq!(collect(&app.db, &app.store, now - TimeDelta::days(7)).await.unwrap(), 0);
    assert_eq!(app.file(&told, Some(&key)).await.status, 200);
    assert_eq!(collect(&app.db, &app.store, now + TimeDelta::days(1)).await.unwrap(), 1);
}

#[actix_web::test]
async fn a_store_that_fails_is_a_503_that_tells_nothing() {
    let (app, key) = TestApp::seeded_for("reporter", None).await;
    let told = app.uploaded(PATH, &png(5, 9), &key).await;
    app.sql("UPDATE attachments SET object = 'secret/place'");
    for address in [address(&told), format!("{}?thumbnail=160", address(&told))] {
        let answer = app.get(&address).by(&key).await;
        answer.problem(503, "unavailable");
        assert_eq!(answer.header("retry-after"), "1");
        assert!(!answer.text().contains("secret"));
    }
}

#[actix_web::test]
async fn a_lost_file_is_restored_by_uploading_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().display().to_string();
    let store = Store::open(&place, &[]).unwrap();
    let app = TestApp::with(Settings { store, ..Settings::default() }).await;
    let key = app.key("reporter", None).await;
    let file = png(8, 9);
    let told = app.uploaded(PATH, &file, &key).await;
    let id = told["id"].as_str().unwrap();
    let check = |url: &str, arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_taizhang"));
        let settings = [("DATABASE_URL", url), ("TAIZHANG_ATTACHMENTS", place.as_str())];
        let output = command.arg("check").args(arguments).env_clear().envs(settings).output().unwrap();
        (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    let stored = folder.path().join(&id[..2]).read_dir().unwrap().next().unwrap().unwrap().path();
    let breakages: [&dyn Fn(); 4] = [
        &|| std::fs::remove_file(&stored).unwrap(),
        &|| std::fs::write(&stored, &file[..file.len() - 1]).unwrap(),
        &|| std::fs::write(&stored, [&file[..file.len() - 1], b"?"].concat()).unwrap(),
        // Another store than before.
        &|| std::fs::remove_dir_all(folder.path().join(&id[..2])).unwrap(),
    ];
    for (number, broken) in breakages.into_iter().enumerate() {
        for arguments in [&[] as &[&str], &["--all-files"]] {
            let (code, said) = check(&app.url, arguments);
            assert!(code == Some(0) && said.contains("1 of 1 read"), "{said}");
        }
        broken();
        if [0, 3].contains(&number) {
            app.file(&told, Some(&key)).await.problem(503, "unavailable");
        }
        for arguments in [&[] as &[&str], &["--all-files"]] {
            let (code, said) = check(&app.url, arguments);
            assert!(code == Some(1) && said.contains(id), "{said}");
        }
        assert_eq!(app.uploaded(PATH, &file, &key).await, told, "as the first time");
        assert_eq!(app.file(&told, Some(&key)).await.body, file, "{number}");
    }
    std::fs::remove_dir_all(folder.path()).unwrap();
    let (code, said) = check(&app.url, &[]);
    assert!(code == Some(1) && said.contains("there is no folder") && !folder.path().exists(), "{said}");
}

#[actix_web::test]
async fn the_program_keeps_files_beside_its_database_and_collects_them() {
    let app = TestApp::seeded().await;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("files").display().to_string();
    let settings = [("DATABASE_URL", app.url.as_str()), ("TAIZHANG_ATTACHMENTS", place.as_str())];
    let collect = || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_taizhang"));
        command.args(["attachments", "collect"]).env_clear().envs(settings).output().unwrap()
    };
    app.sql("INSERT INTO attachment_strays (object, recorded_at) VALUES ('ab/stray', '2020-01-01 00:00:00')");
    std::fs::create_dir_all(folder.path().join("files/ab")).unwrap();
    std::fs::write(folder.path().join("files/ab/stray"), "?").unwrap();
    let output = collect();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.stdout, b"deleted 0 attachments that hang on nothing\n");
    assert!(!folder.path().join("files/ab/stray").exists());
}

#[actix_web::test]
async fn a_part_of_a_file_can_be_asked_for() {
    let (app, key) = TestApp::seeded_for("reporter", None).await;
    let file = png(40, 30);
    let told = app.upload_to(PATH, &file, &key).await.json();
    let size = file.len();
    let part = async |range: &str| app.get(&address(&told)).by(&key).header("range", range).await;
    let all = app.get(&address(&told)).by(&key).await;
    assert_eq!((all.status.as_u16(), all.header("accept-ranges")), (200, "bytes"));
    let etag = all.header("etag").to_owned();
    for (range, first, last) in [
        ("bytes=0-9", 0, 9),
        ("bytes=10-", 10, size - 1),
        ("bytes=-7", size - 7, size - 1),
        ("bytes=5-100000000", 5, size - 1),
    ] {
        let answer = part(range).await;
        assert_eq!((answer.status.as_u16(), &answer.body[..]), (206, &file[first..=last]), "{range}");
        assert_eq!(answer.header("content-range"), format!("bytes {first}-{last}/{size}"));
        assert_eq!((answer.header("etag"), answer.header("content-type")), (etag.as_str(), "image/png"));
    }
    // What is no single range of bytes is answered whole.
    for range in ["bytes=0-1,5-6", "lines=1-2", "bytes=9-1", "nonsense"] {
        let answer = part(range).await;
        assert_eq!((answer.status.as_u16(), &answer.body), (200, &file), "{range}");
    }
    let beyond = part(&format!("bytes={size}-")).await;
    beyond.problem(416, "range_not_satisfiable");
    assert_eq!(beyond.header("content-range"), format!("bytes */{size}"));
    // Only of what it still is; and nothing at all of what the caller has.
    let if_range = async |tag: &str| {
        let headers = [("range", "bytes=0-3"), ("if-range", tag)];
        app.get(&address(&told)).by(&key).headers(&headers).await.status.as_u16()
    };
    assert_eq!(if_range(&etag).await, 206);
    assert_eq!(if_range("\"other\"").await, 200);
    assert_eq!(if_range("Wed, 21 Oct 2015 07:28:00 GMT").await, 200);
    let headers = [("range", "bytes=0-3"), ("if-none-match", etag.as_str())];
    assert_eq!(app.get(&address(&told)).by(&key).headers(&headers).await.status, 304);
    let small =
        app.get(&format!("{}?thumbnail=160", address(&told))).by(&key).header("range", "bytes=0-3").await;
    assert_eq!((small.status.as_u16(), small.header("accept-ranges")), (200, ""));
}
