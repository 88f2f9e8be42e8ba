package site

import (
	"context"
	"net/http"
	"slices"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// undoable returns how many articles there are to put into the bin if an import
// is undone.
func (j importJob) undoable() int {
	if !j.ended() || j.Facts.Try || !j.Facts.Undone.IsZero() {
		return 0
	}
	return len(j.Facts.Report.Made)
}

// undoImport puts all articles into the bin that an import made. One that is cut
// off can be asked for again: what is in the bin already stays there.
func (s *Site) undoImport(w http.ResponseWriter, r *http.Request) error {
	web.Unhurried(r)
	v := visitOf(r.Context())
	j, err := s.db.importOf(r.Context(), r.PathValue("job"))
	if err != nil {
		return err
	}
	if !s.policy.May(v.By, profile.PermissionContentPublish) {
		return errs.Forbidden
	}
	if j.undoable() == 0 && j.Facts.Undone.IsZero() {
		return errs.Conflict
	}
	if j.Facts.Undone.IsZero() {
		if err := s.binAll(r.Context(), v.By, j.Facts.Report.Made); err != nil {
			return err
		}
		j.Facts.Undone = s.cfg.Now()
		if _, err := s.db.saveImport(r.Context(), j, j.State, j.State); err != nil {
			return err
		}
	}
	http.Redirect(w, r, v.link(importPath(j.ID)), http.StatusSeeOther)
	return nil
}

// binAll puts those of the articles into the bin that are not there.
func (s *Site) binAll(ctx context.Context, by profile.Actor, articles []string) error {
	do := kb.BulkChange{Do: kb.BulkDelete}
	for chunk := range slices.Chunk(articles, kb.MostBulk) {
		tried, err := s.library.TryBulk(ctx, by, do, chunk)
		if err != nil {
			return err
		}
		var items []kb.BulkItem
		for _, t := range tried {
			if t.Err == nil && t.Changes {
				items = append(items, t.BulkItem)
			}
		}
		if _, err := s.library.Bulk(ctx, by, do, items); err != nil {
			return err
		}
	}
	return nil
}
