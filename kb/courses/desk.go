package courses

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/profile"
)

// A Draft is a course as somebody at the desk writes it.
type Draft struct {
	Source string // language; "" means the default one. It cannot be changed later
	Settings
	Content
	Note string // why it was changed
	Key  string // makes creating safe to repeat
}

// Create adds a course that nobody but the desk knows of. It takes
// [profile.PermissionContentWrite].
func (s *School) Create(ctx context.Context, by profile.Actor, d Draft) (Course, error) {
	if !s.writes(by) {
		return Course{}, wrap(ErrForbidden, "create", "course")
	}
	if d.Source == "" {
		d.Source = s.opts.Locales[0]
	}
	f := errs.Fields{}
	valid.Note(f, "source", valid.Locale(d.Source))
	if strings.TrimSpace(d.Title[d.Source]) == "" {
		f.Add("title", "error.field.required", nil)
	}
	d.tidy()
	if err := s.checkNeeds(ctx, by, "", nil, d.Needs, f); err != nil {
		return Course{}, wrap(err, "create", "course")
	}
	if err := d.check(by, s, f); err != nil {
		return Course{}, wrap(err, "create", "course")
	}
	now := s.clock()
	c := Course{
		ID: idem.ID("courses.create", by.ID, d.Key), Source: d.Source, Owner: by.ID, Settings: d.Settings, Status: StatusDraft, Head: 1,
		Created: now, Updated: now, Version: 1, Origin: idem.Hash(d),
	}
	if c.Slug == "" {
		c.Slug = slugFor(d.Title[d.Source], c.ID)
	}
	rev := &Revision{Course: c.ID, Number: 1, Author: by.ID, Note: d.Note, At: now, Content: d.Content.Clone()}
	rev.name()
	var err error
	if rev.Leads, err = s.leads(ctx, rev.Content); err != nil {
		return Course{}, wrap(err, "create", "course")
	}
	c.introduce(rev.Content)
	c, err = idem.Once(c.Origin,
		func() (Course, error) { return c, s.store.SaveCourse(ctx, c, rev) },
		func() (Course, string, error) {
			first, err := s.store.Course(ctx, c.ID)
			return first, first.Origin, err
		})
	if err != nil {
		return Course{}, wrap(slugTaken(err), "create course", c.Slug)
	}
	s.record(ctx, by, "course.created", SubjectCourse+c.ID)
	return c, nil
}

// slugTaken says at the field that another course has the address.
func slugTaken(err error) error {
	if errors.Is(err, ErrConflict) {
		return fmt.Errorf("%w: %w", errs.Field("slug", "error.course.slug", nil), err)
	}
	return err
}

// slugFor makes an address of a title.
func slugFor(title, id string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(strings.ToLower(title), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		if b.Len() > 0 {
			b.WriteByte('-')
		}
		b.WriteString(word)
	}
	out := b.String()
	if len(out) > 60 {
		out = strings.Trim(out[:60], "-")
	}
	if len(out) < 3 {
		return strings.Trim(out+"-"+id[:8], "-")
	}
	return out
}

// tidy trims what was typed.
func (d *Draft) tidy() {
	d.Settings = d.clone()
	d.Slug = strings.TrimSpace(d.Slug)
	d.Topics, d.Needs = trimmed(d.Topics), trimmed(d.Needs)
	if d.Entry == "" {
		d.Entry = EntryOpen
	}
	if d.Price.Amount == 0 {
		d.Price.Currency = ""
	}
	if audience, err := profile.ParseAudience(d.Audience); err == nil {
		d.Audience = audience
	}
	if admits, err := profile.ParseAudience(d.Admits); err == nil {
		d.Admits = admits
	}
}

// clone is that of the settings: content is cloned where it is kept.
func (d *Draft) clone() Settings { return d.Settings.clone() }

func trimmed(list []string) (out []string) {
	for _, text := range list {
		if text = strings.TrimSpace(text); text != "" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

func (d Draft) check(_ profile.Actor, s *School, f errs.Fields) error {
	d.Settings.check(f)
	d.Content.check(f)
	valid.Note(f, "note", valid.Text(d.Note, valid.TextReason))
	if d.Key != "" {
		if err := idem.CheckKey(d.Key); err != nil {
			return err
		}
	}
	if d.Certificate && d.Months < 0 {
		f.Add("months", "error.field.range", map[string]any{"min": 0, "max": 1200})
	}
	return f.Err()
}

// introduce copies to c what lists show of its content.
func (c *Course) introduce(of Content) {
	c.Title, c.Summary = maps.Clone(of.Title), maps.Clone(of.Summary)
	c.Lessons, c.Minutes = of.Size()
}

// Save changes a course. Settings hold at once; content becomes the newest
// revision, which learners get when it is published. version is that of the
// course that was read. Settings of a course that readers know take
// [profile.PermissionContentPublish].
func (s *School) Save(ctx context.Context, by profile.Actor, id string, version int, d Draft) (Course, error) {
	c, head, err := s.manuscript(ctx, by, id)
	if err != nil {
		return Course{}, wrap(err, "course", id)
	}
	if c.Version != version {
		return Course{}, wrap(ErrConflict, "course", id)
	}
	d.tidy()
	if d.Slug == "" {
		d.Slug = c.Slug
	}
	if !s.writes(by) || c.Status != StatusDraft && idem.Hash(d.Settings) != idem.Hash(c.Settings) && !s.publishes(by) {
		return Course{}, wrap(ErrForbidden, "course", id)
	}
	f := errs.Fields{}
	if slices.Contains(d.Needs, id) {
		f.Add("needs", "error.course.itself", nil)
	}
	if strings.TrimSpace(d.Title[c.Source]) == "" {
		f.Add("title", "error.field.required", nil)
	}
	if err := s.checkNeeds(ctx, by, id, c.Needs, d.Needs, f); err != nil {
		return Course{}, wrap(err, "course", id)
	}
	if err := d.check(by, s, f); err != nil {
		return Course{}, wrap(err, "course", id)
	}
	c.Settings, c.Updated = d.Settings, s.clock()
	c.Version++
	var rev *Revision
	content := d.Content.Clone()
	content.name()
	if idem.Hash(content) != idem.Hash(head.Content) {
		c.Head++
		rev = &Revision{Course: id, Number: c.Head, Author: by.ID, Note: d.Note, At: c.Updated, Content: content}
		if rev.Leads, err = s.leads(ctx, content); err != nil {
			return Course{}, wrap(err, "course", id)
		}
		if c.Live == 0 {
			c.introduce(content)
		}
	}
	if err := s.store.SaveCourse(ctx, c, rev); err != nil {
		return Course{}, wrap(s.whyNot(ctx, by, c, err), "course", id)
	}
	s.record(ctx, by, "course.saved", SubjectCourse+id, "revision", strconv.Itoa(c.Head))
	return c, nil
}

// whyNot tells a taken address, and needs that somebody has just made a circle,
// from a lost race.
func (s *School) whyNot(ctx context.Context, by profile.Actor, c Course, err error) error {
	if !errors.Is(err, ErrConflict) {
		return err
	}
	if other, bad := s.store.CourseAt(ctx, c.Slug); bad == nil && other != c.ID {
		return slugTaken(err)
	}
	old, bad := s.store.Course(ctx, c.ID)
	if bad != nil || old.Version != c.Version-1 {
		return err
	}
	f := errs.Fields{}
	return cmp.Or(errors.Join(s.checkNeeds(ctx, by, c.ID, old.Needs, c.Needs, f), f.Err()), err)
}

// Publish makes the newest revision the one that learners get. It takes
// [profile.PermissionContentPublish] and content that is complete: what is
// missing is said at its field.
func (s *School) Publish(ctx context.Context, by profile.Actor, id string, version int) (Course, error) {
	c, head, err := s.manuscript(ctx, by, id)
	switch {
	case err != nil:
	case !s.publishes(by):
		err = ErrForbidden
	case c.Version != version:
		err = ErrConflict
	default:
		err = head.complete(c.Source)
	}
	if err != nil {
		return Course{}, wrap(err, "publish course", id)
	}
	c.Status, c.Live, c.Updated = StatusPublished, c.Head, s.clock()
	if c.Since.IsZero() {
		c.Since = c.Updated
	}
	c.introduce(head.Content)
	return s.turn(ctx, by, c, "course.published")
}

// Close takes a course out of the catalogue. Those who are enrolled go on. What is
// not in it stays as it is.
func (s *School) Close(ctx context.Context, by profile.Actor, id string, version int) (Course, error) {
	c, _, err := s.manuscript(ctx, by, id)
	switch {
	case err != nil:
	case !s.publishes(by):
		err = ErrForbidden
	case c.Version != version:
		err = ErrConflict
	}
	if err != nil || c.Status != StatusPublished {
		return c, wrap(err, "close course", id)
	}
	c.Status, c.Updated = StatusClosed, s.clock()
	return s.turn(ctx, by, c, "course.closed")
}

func (s *School) turn(ctx context.Context, by profile.Actor, c Course, event string) (Course, error) {
	c.Version++
	if err := s.store.SaveCourse(ctx, c, nil); err != nil {
		return Course{}, wrap(err, "course", c.ID)
	}
	s.record(ctx, by, event, SubjectCourse+c.ID, "revision", strconv.Itoa(c.Live))
	return c, nil
}

// Manuscript returns a course as those at the desk see it, with its newest
// revision. Those who write see what is theirs and what is meant for them, those
// who publish or teach see everything.
func (s *School) Manuscript(ctx context.Context, by profile.Actor, id string) (Course, Revision, error) {
	c, rev, err := s.manuscript(ctx, by, id)
	return c, rev, wrap(err, "course", id)
}

func (s *School) manuscript(ctx context.Context, by profile.Actor, id string) (Course, Revision, error) {
	c, err := s.atDesk(ctx, by, id)
	if err != nil {
		return Course{}, Revision{}, err
	}
	rev, err := s.store.Revision(ctx, id, c.Head)
	return c, rev, err
}

// atDesk returns a course that by may see at the desk.
func (s *School) atDesk(ctx context.Context, by profile.Actor, id string) (Course, error) {
	if !s.worksHere(by) {
		return Course{}, ErrNotFound
	}
	c, err := s.store.Course(ctx, id)
	if err != nil {
		return Course{}, absent(err)
	}
	if !s.seesAll(by) && c.Owner != by.ID && !by.Sight().Admits(c.Audience) {
		return Course{}, ErrNotFound
	}
	return c, nil
}

func (s *School) worksHere(by profile.Actor) bool { return s.writes(by) || s.seesAll(by) }

func (s *School) seesAll(by profile.Actor) bool { return s.publishes(by) || s.teaches(by) }

// Desk returns a page of the courses that by sees at the desk, by rank.
func (s *School) Desk(ctx context.Context, by profile.Actor, after string, n int) ([]Course, string, error) {
	if !s.worksHere(by) {
		return nil, "", wrap(ErrForbidden, "desk", "courses")
	}
	scope := "courses.desk|" + by.ID
	position, err := s.tokens.Open(scope, after)
	if err != nil {
		return nil, "", wrap(err, "desk", "courses")
	}
	q := s.desk(by)
	q.After, q.Limit = position, limit(n)
	list, next, err := s.store.Courses(ctx, q)
	return list, s.tokens.Seal(scope, next), wrap(err, "desk", "courses")
}

// desk selects the courses that by, who works there, sees at the desk.
func (s *School) desk(by profile.Actor) (q CourseQuery) {
	if !s.seesAll(by) {
		sight := by.Sight()
		q.Sight, q.Owner = &sight, by.ID
	}
	return q
}
