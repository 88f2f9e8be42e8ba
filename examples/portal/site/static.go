package site

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"sync"
)

//go:embed static
var staticFiles embed.FS

// assetPath returns the address of a file in static. It changes with the
// file's content, so that browsers may keep it for ever.
func assetPath(name string) string { return "/static/" + name + "?v=" + assetHashes()[name] }

var assetHashes = sync.OnceValue(func() map[string]string {
	hashes := map[string]string{}
	_ = fs.WalkDir(staticFiles, "static", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := staticFiles.ReadFile(path)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		hashes[path[len("static/"):]] = hex.EncodeToString(sum[:6])
		return nil
	})
	return hashes
})

// static serves styles, scripts and symbols.
func (s *Site) static() http.Handler {
	files := http.FileServerFS(staticFiles)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("v") != "" {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		if len(r.URL.Path) == 0 || r.URL.Path[len(r.URL.Path)-1] == '/' {
			http.NotFound(w, r) // no listings
			return
		}
		files.ServeHTTP(w, r)
	})
}
