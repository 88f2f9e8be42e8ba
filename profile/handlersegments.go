package profile

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
)

func (h *Handler) serveSegments() {
	const read, write = string(PermissionSegmentsRead), string(PermissionSegmentsRead) + " and " + string(PermissionSegmentsWrite)
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/segments", Name: "profile.segments", Summary: "Lists all segments, by name.",
		Policy: read, Out: segmentsWire{},
	}, h.serveSegmentList)
	h.api.Handle(web.Op{
		Method: http.MethodPost, Path: "/segments", Name: "profile.add_segment", Summary: "Adds a segment; the same one again is the same one.",
		Policy: write, In: newSegmentWire{}, Out: segmentWire{}, Create: true,
	}, h.serveAddSegment)
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/segments/{name}", Name: "profile.segment", Summary: "Returns a segment.",
		Policy: read, Out: segmentWire{},
	}, h.serveSegment)
	h.api.Handle(web.Op{
		Method: http.MethodPut, Path: "/segments/{name}", Name: "profile.save_segment", Summary: "Changes a segment, and with it who sees what.",
		Policy: write, In: segmentChangeWire{}, Out: segmentWire{}, Update: true,
	}, h.serveSaveSegment)
	h.api.Handle(web.Op{
		Method: http.MethodDelete, Path: "/segments/{name}", Name: "profile.remove_segment", Summary: "Forgets a segment; what only it opened is closed.",
		Policy: write,
	}, h.serveRemoveSegment)
	h.api.Handle(web.Op{
		Method: http.MethodPost, Path: "/segments/{name}/trial", Name: "profile.try_segment", Summary: "Counts whom a rule would put in, and who would gain or lose; nothing is kept.",
		Policy: write + ", and what it takes to see the facts that the rule asks for", In: ruleTrialWire{}, Out: trialWire{},
	}, h.serveTrySegment)
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/segment-facts", Name: "profile.segment_facts", Summary: "Lists what rules may ask for.",
		Policy: read, Out: factsWire{},
	}, h.serveSegmentFacts)
}

func (h *Handler) serveSegmentList(w http.ResponseWriter, r *http.Request) error {
	list, err := h.people.Segments(r.Context(), FromContext(r.Context()))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, segmentsWire{Segments: mapped(list, segmentAsWire)})
}

func (h *Handler) serveAddSegment(w http.ResponseWriter, r *http.Request) error {
	by, in, _, err := created[newSegmentWire](w, r) // its name is what makes a repeat safe
	if err != nil {
		return err
	}
	s, err := h.people.SaveSegment(r.Context(), by, in.segment(in.Name, 0))
	if err != nil {
		return err
	}
	return versioned(w, r, http.StatusCreated, s.Version, segmentAsWire(s))
}

func (h *Handler) serveSegment(w http.ResponseWriter, r *http.Request) error {
	by, name, err := about(r, "name")
	if err != nil {
		return err
	}
	list, err := h.people.Segments(r.Context(), by)
	if err != nil {
		return err
	}
	s, err := find(list, name)
	if err != nil {
		return err
	}
	return versioned(w, r, http.StatusOK, s.Version, segmentAsWire(s))
}

func (h *Handler) serveSaveSegment(w http.ResponseWriter, r *http.Request) error {
	by, name, version, in, err := changed[segmentChangeWire](w, r, "name")
	if err != nil {
		return err
	}
	s, err := h.people.SaveSegment(r.Context(), by, in.segment(name, version))
	if err != nil {
		return outdated(err)
	}
	return versioned(w, r, http.StatusOK, s.Version, segmentAsWire(s))
}

func (h *Handler) serveRemoveSegment(w http.ResponseWriter, r *http.Request) error {
	by, name, err := about(r, "name")
	if err == nil {
		err = h.people.RemoveSegment(r.Context(), by, name)
	}
	if err != nil {
		return err
	}
	return web.NoContent(w)
}

func (h *Handler) serveTrySegment(w http.ResponseWriter, r *http.Request) error {
	by, name, err := about(r, "name")
	if err != nil {
		return err
	}
	in, err := web.Decode[ruleTrialWire](w, r, 0)
	if err != nil {
		return err
	}
	t, err := h.people.TrySegment(r.Context(), by, Segment{Name: name, Rule: in.Rule.rule()})
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, trialAsWire(t))
}

func (h *Handler) serveSegmentFacts(w http.ResponseWriter, r *http.Request) error {
	list, err := h.people.RuleFacts(r.Context(), FromContext(r.Context()))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, factsWire{Facts: mapped(list, factAsWire)})
}
