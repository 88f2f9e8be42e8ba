package site

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/mailprofile"
	"github.com/stoa-go/stoa/search"
)

// People who follow an article, or the category it stands in, are told when it
// changes. What changed is read from the library's own list of changes, so that
// nothing is missed while no instance runs. Telling the same twice is telling it
// once, so that an instance may die at any moment.

const (
	kindUpdated    = "article.updated"
	kindTranslated = "article.translated"
	noticesCursor  = "notices.cursor"
	// A change that is older has reached us for another reason: its category
	// was opened, or the list was read anew.
	newsLasts = 48 * time.Hour
)

func (s *Site) openNotices(ctx context.Context) error {
	channels, err := s.channels(ctx)
	if err != nil {
		return err
	}
	s.openBounces()
	outward := []string{profile.ChannelInbox, profile.ChannelMail, profile.ChannelPush, profile.ChannelWebhook}
	s.notifier, err = profile.NewNotifier(s.keeping, s.people, &profile.NotifierOptions{
		Kinds: append([]profile.NoticeKind{
			{Name: kindUpdated, Title: "notice.article_updated", Channels: outward, Resolve: s.resolveArticle},
			{Name: kindTranslated, Title: "notice.article_translated", Minor: true, Resolve: s.resolveArticle},
		}, slices.Concat(s.deskNotices(), s.courseNotices(outward))...),
		Channels: channels, Bounces: s.bounces, Text: s.noticeText,
		Brand: s.homeOf, BrandLink: s.brandLink,
		Base: s.cfg.links(), API: apiPrefix, Stop: "/unsubscribe", Locale: s.cfg.Locales[0], Poll: noticesPoll, Keep: -1, Secret: s.secret, Logger: s.cfg.Log, Now: s.cfg.Now,
	})
	return err
}

// channels are the ways out of the portal that it was told of.
func (s *Site) channels(ctx context.Context) (list []profile.Channel, err error) {
	if s.cfg.Mail.on() {
		mail, err := s.cfg.Mail.channel(s.cfg, s.senders())
		if err != nil {
			return nil, err
		}
		s.cfg.Log.Info("mails go out", "to", s.cfg.Mail.where())
		s.post, list = mail, append(list, mail)
		if s.cfg.Mail.Folder != "" {
			s.people.Register(mailprofile.FolderKeeper(s.cfg.Mail.Folder, s.keeping))
		}
	}
	if s.cfg.Push && s.cfg.links() != "" {
		if err := s.openPush(ctx); err != nil {
			return nil, err
		}
		s.openWebhooks()
		list = append(list, s.push, s.hooks)
	}
	return list, nil
}

func (s *Site) noticeText(locale, key string, args map[string]any) string {
	var list []any
	for name, value := range args {
		list = append(list, name, value)
	}
	return s.catalog.In(i18n.Locale(s.readersLocale(locale))).T(key, list...)
}

// resolveArticle reads what a notice is about as its recipient may read it.
func (s *Site) resolveArticle(ctx context.Context, to profile.Actor, n profile.Notice) (profile.NoticeText, error) {
	var a kb.Page
	brand, err := s.onEach(ctx, to, func(there profile.Actor) (err error) {
		a, err = s.library.Article(ctx, there, strings.TrimPrefix(n.Subject, articleRef), s.readersLanguage(ctx, there))
		return err
	})
	if err != nil {
		return profile.NoticeText{}, err
	}
	return profile.NoticeText{Title: a.Title, Body: a.Summary, Path: "/articles/" + escape(a.Slug), Brand: brand}, nil
}

// tellFollowers follows the library's changes until ctx is done.
func (s *Site) tellFollowers(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := s.tellNews(ctx); err != nil && ctx.Err() == nil {
			s.cfg.Log.ErrorContext(ctx, "followers not told", "err", err)
			select {
			case <-ctx.Done():
			case <-time.After(10 * time.Second):
			}
		}
	}
	return nil
}

// tellNews tells what changed since the last time, and waits for more. One
// instance tells at a time: another that lags behind would tell people of what
// happened before they followed it.
func (s *Site) tellNews(ctx context.Context) error {
	seen := ""
	err := s.db.alone(ctx, func(ctx context.Context) (err error) {
		seen, err = s.tellSome(ctx)
		return err
	})
	if err != nil || seen == "" {
		return err
	}
	return s.library.Source().Wait(ctx, seen)
}

// tellSome tells of some changes and returns where it is then, or "" if there
// may be more.
func (s *Site) tellSome(ctx context.Context) (seen string, err error) {
	before, err := s.db.setting(ctx, noticesCursor)
	if err != nil {
		return "", err
	}
	changes, next, err := s.library.Source().Changes(ctx, before, 100)
	if errors.Is(err, search.ErrRebuild) {
		return "", s.db.set(ctx, noticesCursor, "") // old news is told from its date
	}
	if err != nil {
		return "", err
	}
	for _, c := range changes {
		if err := s.tell(ctx, c); err != nil {
			return "", err
		}
	}
	if next == before {
		return next, nil
	}
	return "", s.db.set(ctx, noticesCursor, next)
}

// tell tells those who follow an article that it changed, if anybody does.
func (s *Site) tell(ctx context.Context, c search.Change) error {
	if s.cfg.Now().Sub(newest(c.Documents, func(string) bool { return true })) > newsLasts {
		return nil
	}
	followers, _, err := s.people.Followers(ctx, c.Group, "", 1)
	if err != nil || len(followers) == 0 {
		return err
	}
	m, err := s.library.Manuscript(ctx, system, strings.TrimPrefix(c.Group, articleRef))
	if errors.Is(err, kb.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	// Telling again of what was told is telling nothing, so that what changed
	// need not be known.
	text := newest(c.Documents, func(locale string) bool { return locale == m.Source })
	if err := s.tellOf(ctx, kindUpdated, c.Group, text); err != nil {
		return err
	}
	others := newest(c.Documents, func(locale string) bool { return locale != m.Source })
	if !others.After(text) {
		return nil
	}
	return s.tellOf(ctx, kindTranslated, c.Group, others)
}

// newest returns when the newest of the texts in some languages changed.
func newest(docs []search.Document, in func(locale string) bool) (at time.Time) {
	for _, d := range docs {
		if in(d.Locale) && d.UpdatedAt.After(at) {
			at = d.UpdatedAt
		}
	}
	return at
}

func (s *Site) tellOf(ctx context.Context, kind, ref string, at time.Time) error {
	if s.cfg.Now().Sub(at) > newsLasts {
		return nil
	}
	return s.notifier.Notify(ctx, profile.Occurrence{Kind: kind, Subject: ref, Key: fmt.Sprintf("%s@%d", ref, at.UnixMicro()), At: at})
}

// unread returns how many notices somebody has not read, for the menu.
func (s *Site) unread(ctx context.Context, v *visit) string {
	if v.By.Anonymous() {
		return ""
	}
	n, more, err := s.notifier.Unread(ctx, v.By)
	if err != nil {
		return ""
	}
	return unreadText(v, n, more)
}

// unreadText is a number of notices, and nothing of none.
func unreadText(v *visit, n int, more bool) string {
	switch {
	case n == 0:
		return ""
	case more:
		return v.P.Number(n) + "+"
	}
	return v.P.Number(n)
}
