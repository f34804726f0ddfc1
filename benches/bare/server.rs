//! `bare ADDRESS`: answers `/N` with a body of N bytes, and does nothing else.
#![expect(clippy::unwrap_used, reason = "it ends when it cannot go on")]

use actix_web::web::{Bytes, Data, Path};
use actix_web::{App, HttpResponse, HttpServer, get, web};

/// The largest body.
const MOST: usize = 4 << 20;

#[get("/{bytes}")]
async fn answer(bytes: Path<usize>, body: Data<Bytes>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(body.slice(..bytes.into_inner().min(MOST)))
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap();
    let body = Data::new(Bytes::from(vec![b'0'; MOST]));
    let app = move || App::new().app_data(body.clone()).service(answer).default_service(web::to(nowhere));
    HttpServer::new(app).bind(address)?.run().await
}

async fn nowhere() -> HttpResponse {
    HttpResponse::NotFound().finish()
}
