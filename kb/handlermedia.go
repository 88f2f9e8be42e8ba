package kb

import (
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

type mediaParams struct {
	Name   string `query:"name" max:"120" doc:"with this in the name"`
	Group  string `query:"group" max:"20" doc:"\"pictures\", \"videos\", \"captions\" or \"documents\""`
	Unused bool   `query:"unused" doc:"that nothing uses now"`
	After  string `query:"after" doc:"token of the page before"`
	Limit  int    `query:"limit" default:"50" clamp:"1,200"`
}

type uploadParams struct {
	About   string `query:"about" max:"2000" doc:"what there is to see or to read in it"`
	Replace bool   `query:"replace" doc:"it takes the place of another content of that name"`
}

type removeMediaParams struct {
	FromFilm bool `query:"from_film" doc:"also if it goes with a film that is used, for those who publish"`
}

type mediumWire struct {
	Name  string     `json:"name"`
	Type  string     `json:"type"`
	Group MediaGroup `json:"group"`
	Size  int64      `json:"size" doc:"in bytes"`
	Hash  string     `json:"hash" doc:"SHA-256 of the content"`
	About string     `json:"about,omitempty"`
	Words TextState  `json:"words,omitempty" doc:"whether the words in it can be found: \"waiting\", \"read\" or \"failed\""`
	Owner string     `json:"owner,omitempty"`
	At    time.Time  `json:"at"`
	Path  string     `json:"path"`
}

type mediaWire struct {
	Media []mediumWire `json:"media"`
	Next  string       `json:"next,omitempty" doc:"token of the next page"`
}

type aboutWire struct {
	About string `json:"about" doc:"what there is to see or to read in it"`
}

type mediaUsersWire struct {
	Articles []string `json:"articles"`
	Blocks   []string `json:"blocks"`
	Films    []string `json:"films" doc:"that it goes with and that are used"`
	Others   bool     `json:"others" doc:"there is more that the asker does not see"`
}

func (l *Library) wireOfMedium(m Media) mediumWire {
	return mediumWire{
		Name: m.Name, Type: m.Type, Group: m.Group(), Size: m.Size, Hash: m.Hash, About: m.About, Words: m.Words, Owner: m.Owner, At: m.At,
		Path: l.path(Ref{Kind: "media", Slug: m.Name}),
	}
}

func (l *Library) serveMedia(api *web.API) {
	write, own := string(profile.PermissionContentWrite), "whoever put it there, or "+string(profile.PermissionContentPublish)
	api.Handle(web.Op{
		Method: "GET", Path: "/media", Name: "kb.media_list", Summary: "Lists media, the newest first.",
		Policy: own, Params: mediaParams{}, Out: mediaWire{},
	}, l.serveMediaList)
	api.Handle(web.Op{
		Method: "PUT", Path: "/media/{name}", Name: "kb.upload", Summary: "Keeps the body under a name. The same again changes nothing.",
		Policy: write, Params: uploadParams{}, Consumes: "application/octet-stream", Out: mediumWire{}, MaxBody: l.maxFile + 1,
	}, l.serveUpload)
	api.Handle(web.Op{
		Method: "GET", Path: "/media/{name}/content", Name: "kb.media_content", Summary: "Returns a medium, or a part of it.",
		Policy: "whoever may read an article that shows it", Public: true, Produces: "application/octet-stream",
	}, l.serveContent)
	api.Handle(web.Op{
		Method: "GET", Path: "/media/{name}/uses", Name: "kb.media_uses", Summary: "Returns what uses a medium now.",
		Policy: own, Out: mediaUsersWire{},
	}, l.serveMediaUses)
	api.Handle(web.Op{
		Method: "PATCH", Path: "/media/{name}", Name: "kb.describe_media", Summary: "Changes what is said about a medium.",
		Policy: own, In: aboutWire{}, Out: mediumWire{},
	}, l.serveDescribe)
	api.Handle(web.Op{
		Method: "DELETE", Path: "/media/{name}", Name: "kb.remove_media", Summary: "Removes a medium that nothing uses.",
		Policy: own, Params: removeMediaParams{}, Errors: []int{http.StatusConflict},
	}, l.serveRemoveMedia)
}

func (l *Library) serveMediaList(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[mediaParams](r)
	if err != nil {
		return err
	}
	page, next, err := l.ListMedia(r.Context(), profile.FromContext(r.Context()), MediaList{Name: p.Name, Group: MediaGroup(p.Group), Unused: p.Unused, After: p.After, Limit: p.Limit})
	if err != nil {
		return err
	}
	out := mediaWire{Media: make([]mediumWire, 0, len(page)), Next: next}
	for _, m := range page {
		out.Media = append(out.Media, l.wireOfMedium(m))
	}
	return web.JSON(w, r, http.StatusOK, out)
}

func (l *Library) serveUpload(w http.ResponseWriter, r *http.Request) error {
	name, err := web.PathValue(r, "name")
	if err != nil {
		return err
	}
	p, err := web.Query[uploadParams](r)
	if err != nil {
		return err
	}
	web.Unhurried(r)
	m, err := l.Upload(r.Context(), profile.FromContext(r.Context()), Upload{Name: name, About: p.About, Replace: p.Replace, Content: r.Body})
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, l.wireOfMedium(m))
}

func (l *Library) serveContent(w http.ResponseWriter, r *http.Request) error {
	name, err := web.PathValue(r, "name")
	if err != nil {
		return err
	}
	m, content, err := l.File(r.Context(), profile.FromContext(r.Context()), name)
	if err != nil {
		return err
	}
	defer content.Close() //nolint:errcheck // it was only read
	web.Unhurried(r)
	ServeMedia(w, r, m, content)
	return nil
}

func (l *Library) serveMediaUses(w http.ResponseWriter, r *http.Request) error {
	name, err := web.PathValue(r, "name")
	if err != nil {
		return err
	}
	u, err := l.MediaUsers(r.Context(), profile.FromContext(r.Context()), name)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, mediaUsersWire{Articles: list(u.Articles), Blocks: list(u.Blocks), Films: list(u.Films), Others: u.Others})
}

func (l *Library) serveDescribe(w http.ResponseWriter, r *http.Request) error {
	name, err := web.PathValue(r, "name")
	if err != nil {
		return err
	}
	in, err := web.Decode[aboutWire](w, r, 0)
	if err != nil {
		return err
	}
	m, err := l.DescribeMedia(r.Context(), profile.FromContext(r.Context()), name, in.About)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, l.wireOfMedium(m))
}

func (l *Library) serveRemoveMedia(w http.ResponseWriter, r *http.Request) error {
	name, err := web.PathValue(r, "name")
	if err != nil {
		return err
	}
	p, err := web.Query[removeMediaParams](r)
	if err != nil {
		return err
	}
	remove := l.RemoveMedia
	if p.FromFilm {
		remove = l.RemoveFromFilm
	}
	if err := remove(r.Context(), profile.FromContext(r.Context()), name); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
