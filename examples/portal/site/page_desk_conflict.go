package site

import (
	"context"
	"net/http"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/diff"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// A clash is what somebody typed and what others saved in the meantime.
type clash struct {
	Theirs historyRow
	Lang   i18n.Locale
	Parts  []diffPart // from theirs to what was typed
	Merged bool       // the form has both changes
	Base   int        // revision that both began from
	Shared bool       // others changed what all languages share
	Editor string
}

// conflict shows what somebody typed beside what others saved in the meantime.
// Where both changed different lines, the form has both; otherwise it has what
// was typed. Sending it saves it over the other, which stays in the history.
func (s *Site) conflict(w http.ResponseWriter, r *http.Request, now kb.Article, wr writing) error {
	v := visitOf(r.Context())
	s.keepClashing(r.Context(), v.By, wr)
	t, _ := now.In(wr.Locale)
	theirs, err := s.revisionRow(r.Context(), v, now, t, t.Head)
	if err != nil {
		return err
	}
	c := &clash{Theirs: theirs, Lang: i18n.Locale(wr.Locale), Base: wr.Head, Editor: v.link(editorPath(now.ID, wr.Locale)), Shared: baseOf(metaOf(now)) != wr.Base}
	mine := kb.Revision{Title: wr.Text.Title, Summary: wr.Text.Summary, Body: wr.Text.Body, SEOTitle: wr.Text.SEOTitle, Description: wr.Text.Description}
	c.Parts = changesOf(theirs.Revision, mine)
	if base, err := s.library.Revision(r.Context(), v.By, now.ID, wr.Locale, wr.Head); err == nil && wr.Head > 0 {
		c.Merged = merge(&wr, base, theirs.Revision)
	}
	wr.Version, wr.Head, wr.Base = now.Version, t.Head, baseOf(metaOf(now))
	return s.showEditor(w, r, http.StatusConflict, now, wr, editorView{Clash: c})
}

// keepClashing keeps what was typed, should whoever typed it leave the page.
func (s *Site) keepClashing(ctx context.Context, by profile.Actor, wr writing) {
	err := s.library.KeepWorking(ctx, by, kb.Working{
		Article: wr.Article, Locale: wr.Locale, Version: wr.Version, Head: wr.Head, Base: wr.Base, Text: wr.Text, Meta: wr.Meta,
	})
	if err != nil {
		s.cfg.Log.WarnContext(ctx, "unsaved text not kept", "err", err)
	}
}

// merge puts what others changed into what was typed, if neither undoes the
// other.
func merge(wr *writing, base, theirs kb.Revision) bool {
	title, one := whole(base.Title, wr.Text.Title, theirs.Title)
	summary, two := whole(base.Summary, wr.Text.Summary, theirs.Summary)
	body, three := diff.Merge(base.Body, wr.Text.Body, theirs.Body)
	seoTitle, four := whole(base.SEOTitle, wr.Text.SEOTitle, theirs.SEOTitle)
	description, five := whole(base.Description, wr.Text.Description, theirs.Description)
	if !one || !two || !three || !four || !five {
		return false
	}
	wr.Text.Title, wr.Text.Summary, wr.Text.Body = title, summary, body
	wr.Text.SEOTitle, wr.Text.Description = seoTitle, description
	return true
}

// whole joins two changes of a line, of which one must have left it as it was.
func whole(base, mine, theirs string) (string, bool) {
	switch {
	case mine == theirs, theirs == base:
		return mine, true
	case mine == base:
		return theirs, true
	}
	return mine, false
}
