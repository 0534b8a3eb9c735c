use crate::error::AppError;
use domain::refusal::NoRefusal;
use leptos::prelude::*;

/// Lets in who works for a seller.
#[server(prefix = "/sf", endpoint = "sellers/enter")]
pub async fn enter() -> Result<(), AppError<NoRefusal>> {
    use crate::routes;
    let ctx = crate::context::context()?;
    crate::accounts::guard::or_sign_in(ctx.require_seller(), &routes::to(routes::SELL))?;
    Ok(())
}
