//! Files as they are uploaded: pictures, photos with all that cameras write into them, forms.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use img_parts::jpeg::{Jpeg, JpegSegment};
use img_parts::png::{Png, PngChunk};
use img_parts::{Bytes, ImageEXIF, ImageICC};

/// What may be left of no photo: a place, as GPS, XMP and comments tell it.
pub const PLACE: &[u8] = b"N28.7512 E113.0934";

/// A picture of a red left and a blue right half.
pub fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let colour = |x| if x < width / 2 { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) };
    let picture = DynamicImage::from(RgbImage::from_fn(width, height, |x, _| colour(x)));
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    picture(width, height, ImageFormat::Png)
}

pub fn pdf(words: &str) -> Vec<u8> {
    format!("%PDF-1.4\n{words}\n%%EOF\n").into_bytes()
}

/// EXIF that says which way is up, and where the photo was taken.
pub fn exif(orientation: u8) -> Bytes {
    let mut exif = b"II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([orientation, 0, 0, 0]);
    exif.extend(b"\x0e\x01\x02\0\x12\0\0\0\x26\0\0\0\0\0\0\0");
    exif.extend(PLACE);
    exif.into()
}

/// A photo as phones make it: with EXIF, XMP, IPTC, comments, a colour profile, and a film behind its end.
pub fn photo(orientation: u8) -> Vec<u8> {
    let mut jpeg = Jpeg::from_bytes(picture(400, 200, ImageFormat::Jpeg).into()).unwrap();
    jpeg.set_exif(Some(exif(orientation)));
    jpeg.set_icc_profile(Some(Bytes::from_static(b"a profile of colours")));
    for (marker, begin) in [
        (0xE1, &b"http://ns.adobe.com/xap/1.0/\0"[..]),
        (0xED, b"Photoshop 3.0\0"),
        (0xE2, b"MPF\0"),
        (0xEB, b"JP"),
        (0xFE, b""),
    ] {
        let content = [begin, PLACE].concat();
        jpeg.segments_mut().insert(1, JpegSegment::new_with_contents(marker, content.into()));
    }
    [&jpeg.encoder().bytes()[..], PLACE, b"\xFF\xE1\0\x14", PLACE, b"\xFF\xD9"].concat()
}

/// A form with one file, and its media type. The name and type of the file are as wrong as they can be.
pub fn form(file: &[u8]) -> (String, Vec<u8>) {
    let head = "--frontier\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../passwd.html\"\r\n\
                Content-Type: text/html\r\n\r\n";
    let body = [head.as_bytes(), file, b"\r\n--frontier--\r\n"].concat();
    ("multipart/form-data; boundary=frontier".to_owned(), body)
}

/// The head of a picture: nobody has to unpack it to know what that takes.
pub fn head_of_png(width: u32, height: u32, depth: u8) -> Vec<u8> {
    let mut png = Png::from_bytes(png(1, 1).into()).unwrap();
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, 2, 0, 0, 0]].concat();
    png.chunks_mut()[0] = PngChunk::new(*b"IHDR", header.into());
    png.encoder().bytes().into()
}
