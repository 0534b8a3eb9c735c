//! A refused sign-in or registration in words for the form.

use crate::refusals::Refusal as _;
use crate::t;
use crate::ui::Trouble;
use domain::accounts::AccountRefusal;
use domain::address::FieldError;

pub(super) fn trouble_of(refusal: &AccountRefusal) -> Trouble {
    let message = refusal.text();
    let of_field = |field: &str| Trouble::of_fields(vec![FieldError::new(field, "refused", message.clone())]);
    match refusal {
        AccountRefusal::EmailTaken | AccountRefusal::InvalidEmail => of_field("email"),
        AccountRefusal::InvalidName => of_field("name"),
        AccountRefusal::WeakPassword { .. } => of_field("password"),
        AccountRefusal::InvalidCredentials | AccountRefusal::LinkInvalid => Trouble::plain(message),
        AccountRefusal::TooManyTries { retry_after_s } => Trouble::plain(t::accounts::too_many_tries(retry_after_s.div_ceil(60).max(1))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_says_how_long_to_wait() {
        let title = |retry_after_s| trouble_of(&AccountRefusal::TooManyTries { retry_after_s }).title;
        assert_eq!(title(5), "Too many tries. You can try again in one minute.");
        assert_eq!(title(601), "Too many tries. You can try again in 11 minutes.");
    }

    #[test]
    fn a_field_is_named_where_one_is_to_blame() {
        assert!(trouble_of(&AccountRefusal::EmailTaken).field("email").is_some());
        assert_eq!(trouble_of(&AccountRefusal::InvalidCredentials).fields, []);
    }
}
