//! Computes places in the capture from offsets in a payload.
//!
//! No table of places is stored; a walk over the payload finds them. A payload may have a thousand findings, so all
//! places are computed in one walk.

use crate::record::Record;
use crate::scan::source_map;
use crate::span::{Place, Units, Walk};

impl Record<'_> {
    /// Returns the place in the capture of the byte at `offset` of the payload's text.
    ///
    /// For a decrypted payload this is the start of its envelope; see [`Record::places_inside`]. Walks over the payload
    /// up to the offset; for several places use [`Record::places`].
    pub fn place(&self, offset: u32) -> Place {
        let mut found = Place::default();
        self.each_place(&mut [offset as usize], |_, place| found = place);
        found
    }

    /// Returns the places of the bytes at `offsets`, in the order given, with one walk over the payload; see
    /// [`Record::place`].
    ///
    /// ```
    /// let record = wxsub::decode(b"<xml>\n<A>1</A>\n</xml>");
    /// let lines: Vec<u64> = record.places(&[6, 0, 15]).iter().map(|place| place.line).collect();
    /// assert_eq!(lines, [2, 1, 3]);
    /// ```
    pub fn places(&self, offsets: &[u32]) -> Vec<Place> {
        in_order(offsets, |offsets, see| self.each_place(offsets, see))
    }

    /// Returns the places in the plaintext of the bytes at `offsets`, in the order given, with one walk over the
    /// payload. `None` if the payload was not encrypted.
    pub fn places_inside(&self, offsets: &[u32]) -> Option<Vec<Place>> {
        let [before, _] = &self.sealed()?.around;
        let start = Place::default().after(before, Units::Utf8);
        Some(in_order(offsets, |offsets, see| {
            Walk::new(start, self.bytes(), Units::Utf8).each(offsets, see);
        }))
    }

    /// Calls `see` with the place of each of `offsets`, which must be sorted. Overwrites them.
    fn each_place(&self, offsets: &mut [usize], mut see: impl FnMut(usize, Place)) {
        if self.sealed.is_some() {
            return (0..offsets.len()).for_each(|n| see(n, self.place));
        }
        let text = self.bytes();
        let mut in_text = Walk::new(self.place, text, self.units);
        let Some((raw, steps)) = &self.raw else {
            return in_text.each(offsets, see);
        };
        for offset in &mut *offsets {
            *offset = text.len().min(*offset);
        }
        if source_map::has_escapes(steps) {
            source_map::raw_offsets(steps, raw, offsets);
            return Walk::new(self.place, raw, self.units).each(offsets, see);
        }
        // Only transcoded: lines and columns count in the text, offsets in the capture.
        let places: Vec<Place> = offsets.iter().map(|offset| in_text.to(*offset)).collect();
        source_map::raw_offsets(steps, raw, offsets);
        for (n, (place, offset)) in places.into_iter().zip(offsets).enumerate() {
            let offset = self.place.offset + *offset as u64;
            see(n, Place { offset, ..place });
        }
    }
}

/// Sorts `offsets` for `walk` and returns the places in the original order.
fn in_order(
    offsets: &[u32],
    walk: impl FnOnce(&mut [usize], &mut dyn FnMut(usize, Place)),
) -> Vec<Place> {
    let mut order: Vec<usize> = (0..offsets.len()).collect();
    order.sort_by_key(|n| offsets[*n]);
    let mut sorted: Vec<usize> = order.iter().map(|n| offsets[*n] as usize).collect();
    let mut places = vec![Place::default(); offsets.len()];
    walk(&mut sorted, &mut |n, place| places[order[n]] = place);
    places
}
