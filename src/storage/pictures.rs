//! What a file is, by its content alone; whether a picture can be seen; small pictures of large ones.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::str::FromStr;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{
    DynamicImage, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, Limits, Rgba, RgbaImage, imageops,
};
use img_parts::Bytes;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::{MOST_MIB, metadata};
use crate::domain::codes::MediaType;
use crate::domain::hash;
use crate::error::Invalid;

/// A picture has at most so many pixels: a small file can swell to any size.
const MOST_PIXELS: u64 = 50_000_000;

/// What unpacking a picture may take, in bytes.
const MOST_BYTES: u64 = (MOST_MIB as u64) << 20;

/// What a PNG may take beside its pixels, in bytes: a row, and a profile of colours, which may swell as well.
const BESIDE_PIXELS: u64 = 16 << 20;

/// The longer edges that small pictures can have.
pub const EDGES: [i64; 3] = [160, 320, 640];

/// A file that is fit to be stored.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// What is stored.
    pub content: Vec<u8>,
    /// Its SHA-256.
    pub sha256: String,
    /// What it is.
    pub media_type: MediaType,
    /// Width and height of an upright picture.
    pub pixels: Option<(u32, u32)>,
    /// Whether a picture still has metadata.
    pub position_kept: Option<bool>,
}

impl Prepared {
    fn of(
        content: Vec<u8>,
        media_type: MediaType,
        pixels: Option<(u32, u32)>,
        position_kept: Option<bool>,
    ) -> Prepared {
        let sha256 = hash::sha256(&[&content]);
        Prepared { content, sha256, media_type, pixels, position_kept }
    }
}

/// The longer edge of a small picture, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge(pub u32);

impl FromStr for Edge {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Edge, Invalid> {
        let known = EDGES.iter().find(|edge| edge.to_string() == text);
        known.and_then(|&edge| u32::try_from(edge).ok()).map(Edge).ok_or_else(|| {
            let known = EDGES.map(|edge| edge.to_string()).join(", ");
            Invalid::new(
                "unknown_size",
                format!("“{text}”不是可用的尺寸，可用：{known}"),
                format!("“{text}” is no size that there is; use one of {known}"),
            )
        })
    }
}

impl ToSchema for Edge {}

impl PartialSchema for Edge {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Integer).enum_values(Some(EDGES)).into()
    }
}

/// Why a file is not stored.
#[derive(Debug)]
pub enum Unfit {
    /// It is none of the types.
    Type,
    /// It is broken, or too large to be seen.
    Content(Invalid),
}

/// A file whose type is known, and which memory it takes to look into it.
#[derive(Debug)]
pub struct Recognised {
    file: Vec<u8>,
    media_type: MediaType,
    /// What unpacking it takes, in MiB.
    pub mib: u32,
}

/// Recognises a file, and a picture that is too large by its head alone.
pub fn recognise(file: Vec<u8>) -> Result<Recognised, Unfit> {
    let recognised = infer::get(&file).and_then(|kind| kind.mime_type().parse().ok());
    let media_type: MediaType = recognised.ok_or(Unfit::Type)?;
    let mib = if media_type.is_picture() { demand(&file, media_type)? } else { 1 };
    Ok(Recognised { file, media_type, mib })
}

/// Takes the metadata out of a picture unless they are to be kept, and tries whether it can be seen as it is stored.
pub fn prepare(recognised: Recognised, keep_position: bool) -> Result<Prepared, Unfit> {
    let Recognised { file, media_type, .. } = recognised;
    if !media_type.is_picture() {
        return Ok(Prepared::of(file, media_type, None, None));
    }
    let file = Bytes::from(file);
    let bare = guarded(|| metadata::strip(media_type, file.clone()).map_err(|_| broken()))?;
    let position_kept = keep_position && file != bare;
    let content = if position_kept { file } else { bare };
    let pixels = unpack(&content, media_type)?.upright_size();
    Ok(Prepared::of(content.into(), media_type, Some(pixels), Some(position_kept)))
}

/// A small picture, a JPEG, of a stored one: upright, in its colours, on white where it is not opaque.
pub fn thumbnail(file: &[u8], media_type: MediaType, edge: u32) -> Result<Vec<u8>, Unfit> {
    let Picture { image, orientation, profile } = unpack(file, media_type)?;
    guarded(|| {
        // A picture that is small is not blown up. One that is large is turned when it is small.
        let mut small =
            if image.width().max(image.height()) > edge { image.thumbnail(edge, edge) } else { image };
        small.apply_orientation(orientation);
        let small = match small.color().has_alpha() {
            true => {
                let mut white = RgbaImage::from_pixel(small.width(), small.height(), Rgba([255; 4]));
                imageops::overlay(&mut white, &small.to_rgba8(), 0, 0);
                DynamicImage::from(white).to_rgb8()
            }
            false => small.to_rgb8(),
        };
        let mut encoded = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut encoded, 80);
        if let Some(profile) = profile {
            // A profile that does not fit is left out.
            let _ = encoder.set_icc_profile(profile);
        }
        encoder.encode_image(&small).map_err(|_| broken())?;
        Ok(encoded)
    })
}

/// A picture, unpacked as it lies in its file: turning it would take as much memory again.
struct Picture {
    image: DynamicImage,
    orientation: Orientation,
    /// The profile of its colours, where they are red, green and blue.
    profile: Option<Vec<u8>>,
}

impl Picture {
    /// Width and height once it is upright.
    fn upright_size(&self) -> (u32, u32) {
        let (width, height) = (self.image.width(), self.image.height());
        match self.orientation {
            Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH => (height, width),
            _ => (width, height),
        }
    }
}

/// What it takes to unpack a picture, in MiB, by its head alone.
///
/// Errors: `too_many_pixels` when it is more than any may take; `broken_picture`.
pub fn demand(file: &[u8], media_type: MediaType) -> Result<u32, Unfit> {
    guarded(|| {
        let (pixels, bytes) = match media_type {
            // Its decoder would unpack the profile of its colours to tell.
            MediaType::Png => metadata::size_of_png(file, BESIDE_PIXELS).ok_or_else(broken)?,
            MediaType::Jpeg | MediaType::Webp => {
                let decoder = decoder(file, media_type)?;
                let (width, height) = decoder.dimensions();
                let pixels = u64::from(width) * u64::from(height);
                let beside = match media_type {
                    // The coefficients of a picture in several scans are all there before the first pixel is.
                    MediaType::Jpeg => metadata::coefficients_of_jpeg(file) * 2,
                    // The planes of its colours, or all of its pixels once more.
                    _ => pixels * 4,
                };
                (pixels, decoder.total_bytes().saturating_add(beside))
            }
            MediaType::Pdf => return Err(Unfit::Type),
        };
        if pixels > MOST_PIXELS || bytes > MOST_BYTES {
            return Err(too_many_pixels());
        }
        Ok(u32::try_from(bytes >> 20).unwrap_or(MOST_MIB).saturating_add(1).min(MOST_MIB))
    })
}

fn decoder(file: &[u8], media_type: MediaType) -> Result<impl ImageDecoder, Unfit> {
    let format = match media_type {
        MediaType::Jpeg => ImageFormat::Jpeg,
        MediaType::Png => ImageFormat::Png,
        MediaType::Webp => ImageFormat::WebP,
        MediaType::Pdf => return Err(Unfit::Type),
    };
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(BESIDE_PIXELS);
    reader.limits(limits);
    reader.into_decoder().map_err(|_| broken())
}

/// Unpacks a picture whose demand is known.
fn unpack(file: &[u8], media_type: MediaType) -> Result<Picture, Unfit> {
    guarded(|| {
        let mut decoder = decoder(file, media_type)?;
        if decoder.total_bytes() > MOST_BYTES {
            return Err(too_many_pixels());
        }
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let is_rgb = |profile: &Vec<u8>| profile.get(16..20) == Some(b"RGB ");
        let profile = decoder.icc_profile().ok().flatten().filter(is_rgb);
        let image = DynamicImage::from_decoder(decoder).map_err(|_| broken())?;
        Ok(Picture { image, orientation, profile })
    })
}

/// Whatever somebody sends, a decoder that gives up in panic has found it broken.
fn guarded<T>(work: impl FnOnce() -> Result<T, Unfit>) -> Result<T, Unfit> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(broken()))
}

fn broken() -> Unfit {
    Unfit::Content(Invalid::new(
        "broken_picture",
        "图片已损坏，无法显示",
        "is a picture that is damaged and cannot be shown",
    ))
}

fn too_many_pixels() -> Unfit {
    Unfit::Content(Invalid::new(
        "too_many_pixels",
        "图片超过五千万像素，或展开时超过 384 MiB",
        "is a picture of more than 50 million pixels, or takes more than 384 MiB to unpack",
    ))
}
