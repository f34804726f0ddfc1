//! Pages about the service: one at `/` with links, and Swagger UI with our own page around it. Swagger UI's own page
//! has no viewport, shows each error of an operation at full height and takes seconds to open one; `page.js` and
//! `page.css` say how ours differs.

use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, guard, web};
use utoipa_swagger_ui::SwaggerUi;

use super::base;

const FRONT: &str = include_str!("documentation/front.html");
const PAGE: &str = include_str!("documentation/swagger.html");
const STYLE: &str = include_str!("documentation/page.css");
const SCRIPT: &str = include_str!("documentation/page.js");

/// The addresses of the pages, with what can stand behind them: everybody reads them, and the document has none.
pub const PATHS: [&str; 3] = ["/", "/swagger-ui", "/swagger-ui/{file:.*}"];

/// Serves the pages.
pub fn pages(config: &mut web::ServiceConfig) {
    for (path, kind, text) in [
        ("/", ContentType::html(), FRONT),
        ("/swagger-ui/", ContentType::html(), PAGE),
        ("/swagger-ui/index.html", ContentType::html(), PAGE),
        ("/swagger-ui/page.css", ContentType(mime::TEXT_CSS_UTF_8), STYLE),
        ("/swagger-ui/page.js", ContentType(mime::APPLICATION_JAVASCRIPT_UTF_8), SCRIPT),
    ] {
        let text = web::Bytes::from(text.replace("{base}", &base::address("")));
        let told = move || {
            let answer = HttpResponse::Ok().insert_header(kind.clone()).body(text.clone());
            async { answer }
        };
        config.service(web::resource(path).guard(guard::Get()).to(told));
    }
    config
        .service(web::resource("/swagger-ui").guard(guard::Get()).to(swagger_ui))
        .service(SwaggerUi::new("/swagger-ui/{_:.*}"));
}

async fn swagger_ui() -> web::Redirect {
    web::Redirect::to(base::address("/swagger-ui/"))
}
