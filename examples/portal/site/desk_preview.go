package site

import (
	"context"
	"errors"
	"net/http"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
)

// A previewWire is what the editor's script is told of a text.
type previewWire struct {
	HTML     string        `json:"html"`
	Fault    string        `json:"fault,omitempty"`
	Findings []findingWire `json:"findings"`
	Outside  outsideWire   `json:"outside"`
}

type outsideWire struct {
	Open     bool          `json:"open"`
	Blank    bool          `json:"blank"`
	Title    string        `json:"title"`
	Summary  string        `json:"summary"`
	Findings []findingWire `json:"findings"`
}

type findingWire struct {
	Severity string `json:"severity"`
	Label    string `json:"label"`
	Text     string `json:"text"`
}

// previewArticle answers the editor's script with a text as readers would see it.
func (s *Site) previewArticle(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	wr, err := s.typedWriting(r, writing{}, true)
	if err != nil {
		return err
	}
	wr.Locale = s.writtenIn(v, r.PostFormValue("locale"))
	preview, findings, fault, err := s.previewOf(r.Context(), v, wr)
	if err != nil {
		return err
	}
	wr.Article = r.PostFormValue("article")
	outside, err := s.outsideOf(r.Context(), v, wr, preview)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, previewWire{
		HTML: string(preview.Text.HTML), Fault: fault, Findings: wireOfFindings(v, findings),
		Outside: outsideWire{outside.Open, outside.Blank, outside.Title, outside.Summary, wireOfFindings(v, outside.Findings)},
	})
}

func wireOfFindings(v *visit, findings []finding) []findingWire {
	out := []findingWire{}
	for _, f := range findings {
		out = append(out, findingWire{f.Severity, v.P.T("write.severity_" + f.Severity), f.Text})
	}
	return out
}

// previewOf returns a text as readers would see it, and what is to be mended in
// it. What cannot be shown at all is a fault.
func (s *Site) previewOf(ctx context.Context, v *visit, wr writing) (preview kb.Preview, findings []finding, fault string, err error) {
	by := v.By
	by.Locale = string(v.Locale)
	preview, err = s.library.Preview(ctx, by, wr.Locale, wr.Meta, wr.Text.Body)
	if wrong, ok := errors.AsType[errs.Fields](err); ok {
		return preview, nil, v.P.Fields(wrong)["body"], nil
	}
	for _, f := range preview.Findings {
		findings = append(findings, finding{string(f.Severity), v.P.Message(f.Message)})
	}
	return preview, findings, "", err
}
