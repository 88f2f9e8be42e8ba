package site

import (
	"context"
	"errors"
	"io"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// mediaPath is where media are looked after.
const mediaPath = "/desk/media"

// mediaNeeds are the permissions of those who look after media.
var mediaNeeds = []profile.Permission{profile.PermissionContentWrite, profile.PermissionContentPublish}

// mediaRoutes are the pages of pictures, videos and files.
func (s *Site) mediaRoutes() []route {
	return []route{
		{"GET " + mediaPath, "desk media", s.mediaList},
		{"POST " + mediaPath, nothing + "leads to the medium", s.takeMedium},
		{"GET " + mediaPath + "/{name}", "desk media", s.mediumPage},
		{"POST " + mediaPath + "/{name}", nothing + "leads back", s.changeMedium},
	}
}

// mediaPerPage is how many media a page of the list has.
const mediaPerPage = 40

type mediaBody struct {
	Action      string
	Filters     []input
	Rows        []mediumRow
	Total       string
	First, Next string
	Done        string // message key
	Typed       mediumTyped
	Name, About input
	Replaces    bool // whoever sees it may replace
	Types       string
	Fault       string // of the file
}

// A mediumRow is a medium in the list.
type mediumRow struct {
	Name, About, Href, Source string
	Ending, Size, Who         string
	Picture                   bool
	At                        time.Time
	Markdown                  string
	Words                     string // message key of how the words in it stand, or empty
}

// mediumTyped is what was typed in the form of an upload.
type mediumTyped struct {
	Name, About string
	Replace     bool
}

type mediaListParams struct {
	Name   string `query:"name" max:"120"`
	Group  string `query:"group" max:"20"`
	Unused string `query:"unused" max:"3"`
	Done   string `query:"done" max:"20"`
	After  string `query:"after"`
}

func (s *Site) mediaList(w http.ResponseWriter, r *http.Request) error {
	return s.showMedia(w, r, http.StatusOK, mediumTyped{}, nil)
}

// showMedia lists media, with the form for another as it was filled in.
func (s *Site) showMedia(w http.ResponseWriter, r *http.Request, status int, typed mediumTyped, faults map[string]string) error {
	q := mediaListParams{}
	if r.Method == http.MethodGet {
		var err error
		if q, err = web.Query[mediaListParams](r); err != nil {
			return err
		}
	}
	v := visitOf(r.Context())
	page, next, err := s.library.ListMedia(r.Context(), v.By, kb.MediaList{
		Name: q.Name, Group: kb.MediaGroup(q.Group), Unused: q.Unused != "", After: q.After, Limit: mediaPerPage,
	})
	if err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("media.title"))
	b := mediaBody{Action: v.link(mediaPath), Next: nextOf(p, "after", next), Typed: typed, Types: strings.Join(kb.FileTypes(), ",")}
	b.Filters = mediaFilters(v, q)
	b.uploadForm(v, faults)
	if q.After != "" {
		b.First = p.With()
	}
	if q.Done == "removed" {
		b.Done = "media.done_removed"
	}
	names := map[string]string{}
	for _, m := range page {
		if err := s.nameIn(r.Context(), v, names, m.Owner); err != nil {
			return err
		}
		b.Rows = append(b.Rows, mediumRowOf(v, m, names[m.Owner]))
	}
	if b.Replaces = s.policy.May(v.By, profile.PermissionContentPublish); b.Replaces {
		n, size, err := s.library.MediaTotal(r.Context(), v.By)
		if err != nil {
			return err
		}
		b.Total = v.P.T("media.total", "n", n, "size", size)
	}
	p.Body = b
	return s.show(w, r, status, "desk-media", p)
}

func (b *mediaBody) uploadForm(v *visit, faults map[string]string) {
	b.Name = input{Name: "name", Label: v.P.T("media.name"), Hint: v.P.T("media.name_hint"), Kind: "text", Value: b.Typed.Name, Max: 120, Error: faults["name"]}
	b.About = input{Name: "about", Label: v.P.T("media.about"), Hint: v.P.T("media.about_hint"), Kind: "text", Value: b.Typed.About, Max: 500, Error: faults["about"]}
	b.Fault = faults["data"]
}

func mediaFilters(v *visit, q mediaListParams) []input {
	groups := []option{{"", v.P.T("people.any")}}
	for _, g := range kb.MediaGroups() {
		groups = append(groups, option{string(g), v.P.T("media.group_" + string(g))})
	}
	uses := []option{{"", v.P.T("people.any")}, {"yes", v.P.T("media.unused")}}
	return []input{
		{Name: "name", Label: v.P.T("media.name_part"), Kind: "text", Value: q.Name, Max: 120, Complete: "off", Row: 1},
		{Name: "group", Label: v.P.T("media.group"), Kind: "select", Value: q.Group, Choices: groups},
		{Name: "unused", Label: v.P.T("media.use"), Kind: "select", Value: q.Unused, Choices: uses},
	}
}

func mediumRowOf(v *visit, m kb.Media, who string) mediumRow {
	row := mediumRow{
		Name: m.Name, About: m.About, Href: v.link(mediaPath + "/" + escape(m.Name)), Source: "/media/" + escape(m.Name), Ending: endingOf(m.Name),
		Size: v.P.T("media.size", "size", m.Size), Who: who, Picture: m.Group() == kb.MediaPictures, At: m.At, Markdown: markdownFor(m),
	}
	if m.Words != kb.TextNone && m.Words != kb.TextRead {
		row.Words = "media.words_" + string(m.Words)
	}
	return row
}

// endingOf returns what people call a kind of files: "PDF".
func endingOf(name string) string {
	return strings.ToUpper(name[strings.LastIndexByte(name, '.')+1:])
}

// markdownFor returns what shows a medium in a text.
func markdownFor(m kb.Media) string {
	words := strings.NewReplacer("[", "", "]", "", "\n", " ").Replace(m.About)
	if m.Group() == kb.MediaPictures || m.Group() == kb.MediaVideos {
		return "![" + words + "](media:" + m.Name + ")"
	}
	if words == "" {
		words = m.Name
	}
	return "[" + words + "](media:" + m.Name + ")"
}

// takeMedium keeps a medium that was sent. The file comes last in the form, and
// is never in memory.
func (s *Site) takeMedium(w http.ResponseWriter, r *http.Request) error {
	web.Unhurried(r)
	v := visitOf(r.Context())
	typed, m, err := s.receiveMedium(r, v.By, "")
	if wrong, ok := errors.AsType[errs.Fields](err); ok {
		_, _ = io.Copy(io.Discard, r.Body) // or browsers show no answer at all
		if asksJSON(r) {
			return err
		}
		return s.showMedia(w, r, http.StatusUnprocessableEntity, typed, v.P.Fields(wrong))
	}
	if err != nil {
		return err
	}
	if asksJSON(r) {
		return web.JSON(w, r, http.StatusOK, map[string]string{"name": m.Name, "markdown": markdownFor(m)})
	}
	http.Redirect(w, r, v.link(mediaPath+"/"+escape(m.Name))+"?done=kept", http.StatusSeeOther)
	return nil
}

func asksJSON(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "application/json")
}

// receiveMedium reads the form of an upload as it comes in. With a name, it takes
// the place of what has that.
func (s *Site) receiveMedium(r *http.Request, by profile.Actor, name string) (typed mediumTyped, m kb.Media, err error) {
	form, err := r.MultipartReader()
	if err != nil {
		return typed, m, web.ErrMediaType
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return typed, m, errs.Field("data", "error.field.required", nil)
		}
		if err != nil {
			return typed, m, uploadError(err)
		}
		if part.FormName() != "file" {
			if err := typed.take(part.FormName(), part); err != nil {
				return typed, m, uploadError(err)
			}
			continue
		}
		if part.FileName() == "" {
			return typed, m, errs.Field("data", "error.field.required", nil)
		}
		u := kb.Upload{Name: name, About: typed.About, Replace: typed.Replace || name != "", Content: part}
		if u.Name == "" {
			u.Name = kb.MediaName(typed.nameOr(part.FileName()))
		}
		m, err = s.library.Upload(r.Context(), by, u)
		return typed, m, uploadError(err)
	}
}

// take notes a value of the form.
func (t *mediumTyped) take(name string, r io.Reader) error {
	value, err := io.ReadAll(io.LimitReader(r, 4<<10))
	text := strings.TrimSpace(string(value))
	switch name {
	case "name":
		t.Name = text
	case "about":
		t.About = text
	case "replace":
		t.Replace = text != ""
	}
	return err
}

// nameOr returns the name that was typed, with the end of that of the file.
func (t mediumTyped) nameOr(file string) string {
	if t.Name == "" {
		return file
	}
	end := ""
	if i := strings.LastIndexByte(file, '.'); i >= 0 {
		end = file[i:]
	}
	if strings.HasSuffix(strings.ToLower(t.Name), strings.ToLower(end)) {
		return t.Name
	}
	return t.Name + end
}

// uploadError tells of the file what the limit of the whole form says.
func uploadError(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return errs.Field("data", "error.media.too_large", map[string]any{"max": int64(maxUpload)})
	}
	return err
}

type mediumBody struct {
	Row                mediumRow
	Video, Sound       bool
	Stem               string // what the names of a film and its captions begin with
	Action             string
	About              input
	Fault, Done        string
	Articles           []deskRow
	Blocks             []string
	Films, Company     []fact // that it goes with, and that go with it: names and addresses
	Others, Used       bool
	Publishes, Changes bool // what whoever sees it may do
	Types              string
}

func (s *Site) mediumPage(w http.ResponseWriter, r *http.Request) error {
	return s.showMedium(w, r, http.StatusOK, nil, nil)
}

// showMedium shows a medium, what uses it, and what can be done with it.
func (s *Site) showMedium(w http.ResponseWriter, r *http.Request, status int, about *string, faults map[string]string) error {
	name, err := web.PathValue(r, "name")
	if err != nil {
		return err
	}
	ctx, v := r.Context(), visitOf(r.Context())
	users, err := s.library.MediaUsers(ctx, v.By, name)
	if err != nil {
		return err
	}
	m, err := s.library.Media(ctx, v.By, name)
	if err != nil {
		return err
	}
	names := map[string]string{}
	if err := s.nameIn(ctx, v, names, m.Owner); err != nil {
		return err
	}
	b := mediumBody{
		Row: mediumRowOf(v, m, names[m.Owner]), Video: strings.HasPrefix(m.Type, "video/"), Sound: strings.HasPrefix(m.Type, "audio/"),
		Action: v.link(mediaPath + "/" + escape(m.Name)), Blocks: users.Blocks, Others: users.Others, Fault: faults["data"],
		Used: users.Others || len(users.Articles)+len(users.Blocks)+len(users.Films) > 0, Publishes: s.policy.May(v.By, profile.PermissionContentPublish), Types: strings.ToLower("." + endingOf(m.Name)),
		Changes: s.library.MayChangeMedia(v.By, m),
	}
	b.Stem = strings.TrimSuffix(m.Name, path.Ext(m.Name))
	b.About = input{Name: "about", Label: v.P.T("media.about"), Hint: v.P.T("media.about_hint"), Kind: "text", Value: m.About, Max: 500, Error: faults["about"]}
	if about != nil && *about != "" {
		b.About.Value = *about
	}
	if done := r.URL.Query().Get("done"); done == "kept" || done == "changed" {
		b.Done = "media.done_" + done
	}
	for _, film := range users.Films {
		b.Films = append(b.Films, fact{film, v.link(mediaPath + "/" + escape(film))})
	}
	if b.Company, err = s.companyOf(ctx, v, m); err != nil {
		return err
	}
	if b.Articles, err = s.mediumUsers(ctx, v, users.Articles); err != nil {
		return err
	}
	p := s.deskPage(r, m.Name, crumb{Title: v.P.T("media.title"), Href: v.link(mediaPath)})
	p.Body = b
	return s.show(w, r, status, "desk-medium", p)
}

// companyOf returns what goes with a film, in words and with its address.
func (s *Site) companyOf(ctx context.Context, v *visit, m kb.Media) ([]fact, error) {
	with, err := s.library.MediaCompany(ctx, v.By, m.Name)
	var out []fact
	for _, one := range with {
		text := v.P.T("media.poster")
		if one.Group() == kb.MediaCaptions {
			text = v.P.T("media.captions_in", "language", i18n.Locale(one.Locale()).Name(v.Locale))
		}
		out = append(out, fact{text, v.link(mediaPath + "/" + escape(one.Name))})
	}
	return out, err
}

func (s *Site) mediumUsers(ctx context.Context, v *visit, ids []string) (out []deskRow, err error) {
	for _, id := range ids {
		a, err := s.library.Manuscript(ctx, v.By, id)
		if err != nil {
			return nil, err
		}
		t := titleFor(v, a)
		out = append(out, deskRow{Title: t.Title, Locale: t.Locale, Href: v.link(editorPath(a.ID, t.Locale)), Kind: a.Kind})
	}
	return out, nil
}

// changeMedium does what was asked for with a medium.
func (s *Site) changeMedium(w http.ResponseWriter, r *http.Request) error {
	name, err := web.PathValue(r, "name")
	if err != nil {
		return err
	}
	v, back, about := visitOf(r.Context()), mediumLink(r, name), ""
	switch {
	case strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/"):
		web.Unhurried(r)
		if _, err = s.library.MediaUsers(r.Context(), v.By, name); err == nil {
			_, _, err = s.receiveMedium(r, v.By, name)
		}
	case r.PostFormValue("do") == "remove":
		back = v.link(mediaPath) + "?done=removed"
		err = s.library.RemoveMedia(r.Context(), v.By, name)
	case r.PostFormValue("do") == "take":
		back = v.link(mediaPath) + "?done=removed"
		err = s.library.RemoveFromFilm(r.Context(), v.By, name)
	default:
		about = r.PostFormValue("about")
		_, err = s.library.DescribeMedia(r.Context(), v.By, name, about)
	}
	if wrong, ok := errors.AsType[errs.Fields](err); ok {
		_, _ = io.Copy(io.Discard, r.Body)
		return s.showMedium(w, r, http.StatusUnprocessableEntity, &about, v.P.Fields(wrong))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
	return nil
}

// mediumLink is where a medium is shown after it was changed.
func mediumLink(r *http.Request, name string) string {
	return visitOf(r.Context()).link(mediaPath+"/"+escape(name)) + "?done=changed"
}
