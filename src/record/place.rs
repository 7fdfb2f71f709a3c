//! Where the bytes of a payload's text stand in the capture.
//!
//! Nothing keeps a table of places: they are found by a walk over the payload. A payload may have a thousand findings, so
//! all places that are wanted are found in one walk.

use crate::record::Record;
use crate::scan::source_map;
use crate::span::{Place, Units, Walk};

impl Record<'_> {
    /// Where the byte at `offset` of the payload's text stands in the capture. If the payload came sealed and was
    /// opened, this is where its envelope begins; see [`Record::place_inside`].
    ///
    /// Walks over the payload up to there; for several places, ask [`Record::places`].
    pub fn place(&self, offset: u32) -> Place {
        let mut found = Place::default();
        self.each_place(&mut [offset as usize], |_, place| found = place);
        found
    }

    /// Where the bytes at `offsets` of the payload's text stand in the capture, in the order of `offsets`; see
    /// [`Record::place`]. Walks over the payload once, however many there are.
    ///
    /// ```
    /// let record = wxsub::decode(b"<xml>\n<A>1</A>\n</xml>");
    /// let lines: Vec<u64> = record.places(&[6, 0, 15]).iter().map(|place| place.line).collect();
    /// assert_eq!(lines, [2, 1, 3]);
    /// ```
    pub fn places(&self, offsets: &[u32]) -> Vec<Place> {
        in_order(offsets, |offsets, see| self.each_place(offsets, see))
    }

    /// Where the byte at `offset` of the text stands in what was sealed, if the payload was opened: [`Record::place`]
    /// then says where the envelope stands.
    pub fn place_inside(&self, offset: u32) -> Option<Place> {
        self.places_inside(&[offset])?.pop()
    }

    /// Where the bytes at `offsets` of the text stand in what was sealed, in the order of `offsets`; see
    /// [`Record::place_inside`]. Walks over the payload once.
    pub fn places_inside(&self, offsets: &[u32]) -> Option<Vec<Place>> {
        let [before, _] = &self.sealed()?.around;
        let start = Place::default().after(before, Units::Utf8);
        Some(in_order(offsets, |offsets, see| {
            Walk::new(start, self.bytes(), Units::Utf8).each(offsets, see);
        }))
    }

    /// Shows `see` where the bytes at `offsets` of the text stand. The offsets are in order, and are used up.
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
        // Only transcoded: lines and columns are those of the text.
        let places: Vec<Place> = offsets.iter().map(|offset| in_text.to(*offset)).collect();
        source_map::raw_offsets(steps, raw, offsets);
        for (n, (place, offset)) in places.into_iter().zip(offsets).enumerate() {
            let offset = self.place.offset + *offset as u64;
            see(n, Place { offset, ..place });
        }
    }
}

/// The places of the bytes at `offsets`, which `walk` finds where they are in order.
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
