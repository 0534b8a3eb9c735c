//! Where parcels go, roughly: the middle of a country, or of a state of the US. Enough to tell which warehouse is nearer.

use crate::country::CountryCode;

/// Degrees north and east.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coordinates {
    pub latitude: f64,
    pub longitude: f64,
}

/// Mean radius of the earth (IUGG).
const EARTH_KM: f64 = 6_371.0;

impl Coordinates {
    /// Kilometres along the surface, by the haversine formula (Sinnott, "Virtues of the Haversine", 1984): exact enough
    /// also for places close to each other.
    pub fn km_to(self, other: Coordinates) -> u32 {
        let radians = |from: f64, to: f64| (to - from).to_radians() / 2.0;
        let north = radians(self.latitude, other.latitude).sin().powi(2);
        let east = radians(self.longitude, other.longitude).sin().powi(2);
        let chord = north + self.latitude.to_radians().cos() * other.latitude.to_radians().cos() * east;
        // At most half the way around, which is 20,015.
        (2.0 * EARTH_KM * chord.sqrt().min(1.0).asin()).round() as u32
    }
}

/// Where a parcel goes, as far as choosing a warehouse needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    pub country: CountryCode,
    /// ISO 3166-2 without the country.
    pub region: Option<String>,
}

impl Destination {
    /// The middle of the state, where the country is the US; else of the country.
    pub fn coordinates(&self) -> Option<Coordinates> {
        let of = |table: &[(&str, f64, f64)], code: &str| {
            let row = table.iter().find(|(own, ..)| *own == code);
            row.map(|(_, latitude, longitude)| Coordinates { latitude: *latitude, longitude: *longitude })
        };
        let state = self.region.as_deref().filter(|_| self.country.as_str() == "US").and_then(|region| of(&STATES, region));
        state.or_else(|| of(&COUNTRIES, self.country.as_str()))
    }
}

/// The middle of each country Souk ships to.
const COUNTRIES: [(&str, f64, f64); 14] = [
    ("US", 39.8, -98.6),
    ("CA", 56.1, -106.3),
    ("AT", 47.6, 14.1),
    ("BE", 50.6, 4.7),
    ("DK", 56.0, 10.0),
    ("FR", 46.6, 2.5),
    ("DE", 51.2, 10.4),
    ("IE", 53.2, -8.2),
    ("IT", 42.8, 12.6),
    ("NL", 52.2, 5.5),
    ("PT", 39.6, -8.0),
    ("ES", 40.2, -3.7),
    ("SE", 62.8, 16.7),
    ("GB", 54.0, -2.5),
];

/// The middle of each state of the US, and of the District of Columbia.
const STATES: [(&str, f64, f64); 51] = [
    ("AL", 32.8, -86.8),
    ("AK", 64.2, -152.5),
    ("AZ", 34.3, -111.7),
    ("AR", 34.8, -92.4),
    ("CA", 37.2, -119.5),
    ("CO", 39.0, -105.5),
    ("CT", 41.6, -72.7),
    ("DE", 39.0, -75.5),
    ("DC", 38.9, -77.0),
    ("FL", 28.6, -82.4),
    ("GA", 32.6, -83.4),
    ("HI", 20.3, -156.4),
    ("ID", 44.4, -114.6),
    ("IL", 40.0, -89.2),
    ("IN", 39.9, -86.3),
    ("IA", 42.1, -93.5),
    ("KS", 38.5, -98.4),
    ("KY", 37.5, -85.3),
    ("LA", 31.1, -92.0),
    ("ME", 45.4, -69.2),
    ("MD", 39.0, -76.8),
    ("MA", 42.3, -71.8),
    ("MI", 44.3, -85.4),
    ("MN", 46.3, -94.3),
    ("MS", 32.7, -89.7),
    ("MO", 38.4, -92.5),
    ("MT", 47.0, -109.6),
    ("NE", 41.5, -99.8),
    ("NV", 39.3, -116.6),
    ("NH", 43.7, -71.6),
    ("NJ", 40.2, -74.7),
    ("NM", 34.4, -106.1),
    ("NY", 42.9, -75.5),
    ("NC", 35.6, -79.4),
    ("ND", 47.5, -100.5),
    ("OH", 40.3, -82.8),
    ("OK", 35.6, -97.5),
    ("OR", 43.9, -120.6),
    ("PA", 40.9, -77.8),
    ("RI", 41.6, -71.5),
    ("SC", 33.9, -80.9),
    ("SD", 44.4, -100.2),
    ("TN", 35.9, -86.4),
    ("TX", 31.5, -99.3),
    ("UT", 39.3, -111.7),
    ("VT", 44.1, -72.7),
    ("VA", 37.5, -78.9),
    ("WA", 47.4, -120.4),
    ("WV", 38.6, -80.6),
    ("WI", 44.6, -89.9),
    ("WY", 43.0, -107.6),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::country::{COUNTRIES as SHIPPED_TO, Region, country};

    const NEW_YORK: Coordinates = Coordinates { latitude: 40.7, longitude: -74.0 };
    const LEIPZIG: Coordinates = Coordinates { latitude: 51.3, longitude: 12.4 };

    fn to(country: &str, region: Option<&str>) -> Coordinates {
        Destination { country: country.parse().unwrap(), region: region.map(str::to_owned) }.coordinates().unwrap()
    }

    #[test]
    fn distances_are_those_of_the_globe() {
        assert_eq!(NEW_YORK.km_to(NEW_YORK), 0);
        assert!((6_200..6_500).contains(&NEW_YORK.km_to(LEIPZIG)), "{}", NEW_YORK.km_to(LEIPZIG));
        let (east, west) = (Coordinates { latitude: 0.0, longitude: 179.5 }, Coordinates { latitude: 0.0, longitude: -179.5 });
        assert_eq!(east.km_to(west), 111, "over the line where dates change");
        assert_eq!(Coordinates { latitude: 90.0, longitude: 0.0 }.km_to(Coordinates { latitude: -90.0, longitude: 0.0 }), 20_015);
    }

    #[test]
    fn every_place_that_is_shipped_to_has_its_middle() {
        for shipped_to in SHIPPED_TO {
            to(shipped_to.code, None);
        }
        let Region::Required { all, .. } = country("US").unwrap().region else { panic!("the US has states") };
        for (state, name) in all {
            assert!(STATES.iter().any(|(own, ..)| own == state), "{name}");
        }
        assert_eq!(STATES.len(), all.len());
        assert_eq!(to("US", Some("ZZ")), to("US", None), "a state that is none is somewhere in the country");
        assert_eq!(to("CA", Some("ON")), to("CA", None));
    }

    #[test]
    fn the_nearer_coast_is_nearer() {
        let west = Coordinates { latitude: 39.5, longitude: -119.8 };
        assert!(to("US", Some("OR")).km_to(west) < to("US", Some("OR")).km_to(NEW_YORK));
        assert!(to("US", Some("VT")).km_to(NEW_YORK) < to("US", Some("VT")).km_to(west));
        assert!(to("PT", None).km_to(LEIPZIG) < to("PT", None).km_to(NEW_YORK));
    }
}
