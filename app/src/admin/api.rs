use crate::error::AppError;
use domain::refusal::NoRefusal;
use leptos::prelude::*;

/// Lets in administrators.
#[server(prefix = "/sf", endpoint = "admin/enter")]
pub async fn enter() -> Result<(), AppError<NoRefusal>> {
    use crate::routes;
    let ctx = crate::context::context()?;
    crate::accounts::guard::or_sign_in(ctx.require_admin(), &routes::to(routes::ADMIN))?;
    Ok(())
}
