//! Takes out of pictures what tells where, when, by whom and with what they were made. The picture itself is
//! not encoded anew; its colour profile stays, and so does which way is up. Only what is known to be of use is
//! kept, so that a kind of metadata that nobody thought of goes too.

use image::metadata::Orientation;
use img_parts::jpeg::{Jpeg, JpegSegment};
use img_parts::png::{Png, PngChunk};
use img_parts::riff::{RiffChunk, RiffContent};
use img_parts::webp::WebP;
use img_parts::{Bytes, Error, ImageEXIF};

use crate::domain::codes::MediaType;

/// The chunks of PNG that are the picture, its colours, its size in print and its animation.
const PNG: [&[u8; 4]; 17] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT",
    b"bKGD", b"pHYs", b"hIST", b"acTL", b"fcTL", b"fdAT",
];

/// The same of WebP.
const WEBP: [&[u8; 4]; 7] = [b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];

/// In the first byte of `VP8X`: that there are EXIF and XMP.
const TOLD_BY_VP8X: u8 = 0b0000_1100;

/// A picture without metadata. Done again it changes nothing. Of a PDF all is kept.
///
/// Errors: when the file is broken.
pub fn strip(media_type: MediaType, file: Bytes) -> Result<Bytes, Error> {
    match media_type {
        MediaType::Jpeg => jpeg(file),
        MediaType::Png => png(file),
        MediaType::Webp => webp(file),
        MediaType::Pdf => Ok(file),
    }
}

fn jpeg(file: Bytes) -> Result<Bytes, Error> {
    let mut jpeg = Jpeg::from_bytes(file)?;
    let upright = upright(&jpeg);
    jpeg.segments_mut().retain(|segment| is_kept(segment.marker(), segment.contents()));
    jpeg.set_exif(upright);
    // The library takes all behind the first header of a scan for its data.
    let scan = jpeg.segments().last().map_or(0, |last: &JpegSegment| last.len_with_entropy() - last.len());
    let file = jpeg.encoder().bytes();
    let (head, scans) = file.split_at(file.len() - scan);
    let scans = strip_scans(scans).ok_or(Error::Truncated)?;
    Ok([head, &scans].concat().into())
}

/// Whether a segment of JPEG is of use: everything but applications' data and comments, and of applications
/// only JFIF, the colour profile, and Adobe's, which tells how colours are coded.
fn is_kept(marker: u8, content: &[u8]) -> bool {
    match marker {
        0xE0 => content.starts_with(b"JFIF\0"),
        0xE2 => content.starts_with(b"ICC_PROFILE\0"),
        0xEE => content.starts_with(b"Adobe"),
        marker => marker < 0xE0,
    }
}

/// How many coefficients a decoder holds of a JPEG in several scans: all of them, and none of any other picture.
pub fn coefficients_of_jpeg(file: &[u8]) -> u64 {
    let Ok(jpeg) = Jpeg::from_bytes(Bytes::copy_from_slice(file)) else { return 0 };
    // The header of a frame: precision, height, width, and of each component its sampling.
    let find = |markers: &[u8]| jpeg.segments().iter().find(|segment| markers.contains(&segment.marker()));
    let (Some(frame), Some(scan)) = (find(&[0xC0, 0xC1, 0xC2]), find(&[0xDA])) else { return 0 };
    let content = frame.contents();
    let edge =
        |at: usize| content.get(at..at + 2).map_or(0, |two| u64::from(u16::from_be_bytes([two[0], two[1]])));
    let parts: Vec<(u64, u64)> = content
        .get(6..)
        .unwrap_or_default()
        .chunks_exact(3)
        .map(|part| (u64::from(part[1] >> 4).max(1), u64::from(part[1] & 15).max(1)))
        .collect();
    let has_all = scan.contents().first().is_some_and(|&components| usize::from(components) >= parts.len());
    if frame.marker() != 0xC2 && has_all {
        return 0;
    }
    let across = parts.iter().map(|part| part.0).max().unwrap_or(1);
    let down = parts.iter().map(|part| part.1).max().unwrap_or(1);
    // In whole blocks of eight by eight.
    let blocks = edge(3).div_ceil(8 * across) * edge(1).div_ceil(8 * down);
    parts.iter().map(|(h, v)| blocks * h * v * 64).sum()
}

/// The scans up to the end of the picture; none where the picture was cut off before its end. Behind it cameras put
/// further pictures and films, with metadata of their own.
fn strip_scans(scans: &[u8]) -> Option<Vec<u8>> {
    const END: [u8; 2] = [0xFF, 0xD9];
    let mut kept = Vec::with_capacity(scans.len() + END.len());
    let mut at = 0;
    while let Some(&byte) = scans.get(at) {
        let marker = if byte == 0xFF { scans.get(at + 1).copied() } else { None };
        match marker {
            Some(0xD9) => {
                kept.extend(END);
                return Some(kept);
            }
            // What stands between two scans, or begins one, tells its length.
            Some(marker @ (0xC0..=0xCF | 0xDA..=0xFE)) => {
                let length = scans.get(at + 2..at + 4).map_or(0, |two| u16::from_be_bytes([two[0], two[1]]));
                let segment = scans.get(at..at + 2 + usize::from(length)).filter(|_| length >= 2)?;
                if is_kept(marker, &segment[4..]) {
                    kept.extend_from_slice(segment);
                }
                at += segment.len();
            }
            _ => {
                kept.push(byte);
                at += 1;
            }
        }
    }
    None
}

/// How many pixels a PNG has, and how many bytes it takes to unpack them, with so many for a profile where it has
/// one; none of what is broken.
pub fn size_of_png(file: &[u8], of_profile: u64) -> Option<(u64, u64)> {
    let png = Png::from_bytes(Bytes::copy_from_slice(file)).ok()?;
    let head = png.chunk_by_type(*b"IHDR")?.contents();
    let edge = |at: usize| Some(u64::from(u32::from_be_bytes(head.get(at..at + 4)?.try_into().ok()?)));
    let (width, height) = (edge(0)?, edge(4)?);
    let has = |kind: [u8; 4]| png.chunk_by_type(kind).is_some();
    let parts = match head.get(9)? {
        0 => 1 + u64::from(has(*b"tRNS")),
        // A palette is unpacked as well.
        2 | 3 => 3 + u64::from(has(*b"tRNS")),
        4 => 2,
        _ => 4,
    };
    let bytes_of_pixel = if *head.get(8)? == 16 { parts * 2 } else { parts };
    let row = width.checked_mul(bytes_of_pixel)?;
    let profile = if has(*b"iCCP") { of_profile } else { 0 };
    // Some rows stand beside those that are done.
    let bytes = row.checked_mul(height)?.checked_add(row.checked_mul(4)?)?.checked_add(profile)?;
    Some((width.checked_mul(height)?, bytes))
}

fn png(file: Bytes) -> Result<Bytes, Error> {
    let mut png = Png::from_bytes(file)?;
    let upright = upright(&png);
    png.chunks_mut().retain(|chunk: &PngChunk| PNG.contains(&&chunk.kind()));
    png.set_exif(upright);
    Ok(png.encoder().bytes())
}

fn webp(file: Bytes) -> Result<Bytes, Error> {
    let mut webp = WebP::from_bytes(file)?;
    let upright = upright(&webp);
    webp.chunks_mut().retain(|chunk: &RiffChunk| WEBP.contains(&&chunk.id()));
    for chunk in webp.chunks_mut().iter_mut().filter(|chunk| chunk.id() == *b"VP8X") {
        if let RiffContent::Data(data) = chunk.content_mut() {
            let mut flags = data.to_vec();
            flags.iter_mut().take(1).for_each(|first| *first &= !TOLD_BY_VP8X);
            *data = flags.into();
        }
    }
    // Sets the flag of what it adds.
    webp.set_exif(upright);
    Ok(webp.encoder().bytes())
}

/// The one thing that is kept of EXIF: which way is up, where that is not plain.
fn upright(picture: &impl ImageEXIF) -> Option<Bytes> {
    let orientation = picture.exif().and_then(|exif| Orientation::from_exif_chunk(&exif))?;
    if orientation == Orientation::NoTransforms {
        return None;
    }
    // A header of TIFF in little-endian order, then one directory of one entry: tag 0x0112, a SHORT, one of it.
    let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([orientation.to_exif(), 0, 0, 0, 0, 0, 0, 0]);
    Some(exif.into())
}
