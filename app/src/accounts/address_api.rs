use crate::error::AppError;
use crate::ui::Trouble;
use domain::address::AddressDraft;
use domain::id::AddressId;
use domain::refusal::NoRefusal;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::{guard, kept_form};
#[cfg(feature = "ssr")]
use crate::address_fields::address_errors;
#[cfg(feature = "ssr")]
use crate::context::{answer_with_status, clear_cookie, context, finish_form, is_plain_form, redirect};
#[cfg(feature = "ssr")]
use crate::routes;
#[cfg(feature = "ssr")]
use crate::t;
#[cfg(feature = "ssr")]
use crate::ui::Flash;

#[cfg(feature = "ssr")]
pub(super) const ADDRESS_COOKIE: &str = "__Host-souk_address";
/// What was typed waits for the page the redirect leads to, not longer.
#[cfg(feature = "ssr")]
const KEPT_SECONDS: u32 = 120;

/// What the form of an address starts with: what is kept or was typed before, and why that was not taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressForm {
    /// None: a new one.
    pub id: Option<AddressId>,
    pub address: AddressDraft,
    pub trouble: Option<Trouble>,
}

/// The form's start; a new address begins with the account's own name.
#[server(prefix = "/sf", endpoint = "accounts/address")]
pub async fn load_address_form(#[server(default)] id: Option<AddressId>) -> Result<AddressForm, AppError<NoRefusal>> {
    let ctx = context()?;
    let kept = guard::or_sign_in(backend::accounts::addresses(&ctx).await, &routes::address(id))?;
    let typed: Option<AddressForm> = kept_form::take(ADDRESS_COOKIE);
    let address: AddressDraft = match id {
        Some(id) => kept.into_iter().find(|kept| kept.id == id).ok_or(backend::Failure::<NoRefusal>::NotFound)?.address.into(),
        None => AddressDraft { name: ctx.user().map(|user| user.name.clone()).unwrap_or_default(), ..AddressDraft::default() },
    };
    Ok(typed.filter(|typed| typed.id == id).unwrap_or(AddressForm { id, address, trouble: None }))
}

/// Keeps a new address, or puts it in the place of the one with this id.
#[server(prefix = "/sf", endpoint = "accounts/save_address")]
pub async fn save_address(
    #[server(default)] id: Option<AddressId>,
    #[server(flatten)] address: AddressDraft,
) -> Result<(), AppError<NoRefusal>> {
    let ctx = context()?;
    if is_plain_form() {
        // Whatever stops it now, signing in or a fault: what was typed is there again.
        kept_form::keep(ADDRESS_COOKIE, &AddressForm { id, address: address.clone(), trouble: None }, KEPT_SECONDS);
    }
    guard::or_sign_in(ctx.signed_in::<NoRefusal>(), &routes::address(id))?;
    let Ok(checked) = domain::address::Address::try_from(address.clone()) else {
        if is_plain_form() {
            let trouble = Some(Trouble::of_fields(address_errors(&address)));
            kept_form::keep(ADDRESS_COOKIE, &AddressForm { id, address, trouble }, KEPT_SECONDS);
            redirect(&routes::address(id));
        }
        answer_with_status(422);
        return Err(AppError::Invalid);
    };
    let outcome = match id {
        Some(id) => backend::accounts::change_address(&ctx, id, &checked).await,
        None => backend::accounts::keep_address(&ctx, &checked).await,
    };
    let outcome = outcome.map_err(AppError::from);
    let said = match &outcome {
        Ok(()) => {
            clear_cookie(ADDRESS_COOKIE);
            Flash::good(t::accounts::address_saved())
        }
        Err(error) => Flash::bad(error.to_string()),
    };
    finish_form(&routes::to(routes::ACCOUNT), Some(said));
    outcome
}
