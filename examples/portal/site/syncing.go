package site

import (
	"context"
	"errors"
	"fmt"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/importkb"
	"github.com/stoa-go/stoa/profile"
)

// Articles may be kept as files, in a folder or a checkout of Git. The folder is
// then where they are written, and the portal follows it.

// mirrorStates keep what is known of folders, among the settings.
type mirrorStates struct{ db *database }

const mirrorSetting = "mirror."

// MirrorState implements [importkb.MirrorStore].
func (m mirrorStates) MirrorState(ctx context.Context, name string) (string, error) {
	return m.db.setting(ctx, mirrorSetting+name)
}

// SetMirrorState implements [importkb.MirrorStore].
func (m mirrorStates) SetMirrorState(ctx context.Context, name, state string) error {
	return m.db.set(ctx, mirrorSetting+name, state)
}

// mostProblems is how many problems the page lists.
const mostProblems = 200

func (s *Site) openMirror(context.Context) (err error) {
	if s.cfg.Sync == "" {
		return nil
	}
	s.mirror, err = importkb.NewMirror(s.library, mirrorStates{s.db}, importkb.MirrorOptions{
		Folder: s.cfg.Sync, By: system, Audience: profile.Public(), Logger: s.cfg.Log, Now: s.cfg.Now, Alone: s.mirrorAlone,
	})
	if err != nil {
		return fmt.Errorf("-sync: %w", err)
	}
	return nil
}

// mirrorAlone takes a folder on one instance at a time. It may bring languages.
func (s *Site) mirrorAlone(ctx context.Context, take func(context.Context) error) error {
	if err := s.db.alone(ctx, aloneMirror, take); err != nil {
		return err
	}
	return s.learnLanguages(ctx)
}

// runMirror follows the folder until ctx is done.
func (s *Site) runMirror(ctx context.Context) error {
	if s.mirror == nil {
		return nil
	}
	return s.mirror.Run(ctx)
}

// fillMirrored says which file a text comes from.
func (s *Site) fillMirrored(ctx context.Context, _ *visit, a kb.Article, b *editorBody) error {
	if s.mirror == nil || a.External == "" {
		return nil
	}
	files, err := s.mirror.Files(ctx)
	b.Mirrored = files[a.ID+" "+b.Writing.Locale]
	if b.Mirrored == "" && b.Writing.Locale == s.library.Locales()[0] {
		b.Mirrored = files[a.ID+" "]
	}
	return err
}

// A mirrorView is how a folder stands, as the page shows it.
type mirrorView struct {
	Folder    string
	Report    importkb.MirrorReport
	Problems  []string
	More      int // problems that are not listed
	Conflicts []mirrorConflict
}

type mirrorConflict struct {
	Title, File, Href, Who string
	Lang                   i18n.Locale
	When                   string
}

// mirrorView returns how the folder stands, or nil if there is none.
func (s *Site) mirrorView(ctx context.Context, v *visit) (*mirrorView, error) {
	if s.mirror == nil {
		return nil, nil
	}
	r, err := s.mirror.Report(ctx)
	if err != nil {
		return nil, err
	}
	view := &mirrorView{Folder: s.cfg.Sync, Report: r}
	for i, p := range r.Problems {
		if i == mostProblems {
			view.More = len(r.Problems) - i
			break
		}
		view.Problems = append(view.Problems, s.Explain(p))
	}
	names := map[string]string{}
	for _, c := range r.Conflicts {
		rev, err := s.library.Revision(ctx, v.By, c.Article, c.Locale, c.Revision)
		if errors.Is(err, kb.ErrNotFound) {
			continue // the article was deleted for good
		}
		if err != nil {
			return nil, err
		}
		if err := s.nameIn(ctx, v, names, rev.Author); err != nil {
			return nil, err
		}
		view.Conflicts = append(view.Conflicts, mirrorConflict{
			Title: rev.Title, File: c.File, Lang: i18n.Locale(c.Locale), When: v.P.DateTime(c.At, i18n.StyleMedium), Who: names[rev.Author],
			Href: v.link(diffPath(editorPath(c.Article, c.Locale), c.Revision, c.Revision+1)),
		})
	}
	return view, nil
}
