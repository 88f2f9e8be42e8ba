// Host is a little product that existed before it had a help centre: it has its
// own users, its own database and its own router. The file support.go is all
// that it took to put one inside.
//
// Start it and try:
//
//	curl 'http://127.0.0.1:8081/support/search?q=slow+printer'
//	curl -H 'Authorization: Bearer key-of-ann' 'http://127.0.0.1:8081/support/articles'
package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite"
)

// A product is what there was before.
type product struct {
	db  *sqlx.DB
	mux *http.ServeMux
}

// A user is one of the product's own.
type user struct {
	Login   string
	Company string
	Admin   bool
}

const schema = `
create table if not exists users (login text primary key, key_hash text not null, company text not null, admin boolean not null);`

func newProduct(ctx context.Context, file string) (*product, error) {
	db, err := sqlx.Open("sqlite", "file:"+file+"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_time_format=sqlite")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return nil, err
	}
	for _, u := range []user{{"ann", "acme", true}, {"bob", "zenith", false}} {
		_, err := db.ExecContext(ctx, `insert into users values ($1, $2, $3, $4) on conflict do nothing`, u.Login, hash("key-of-"+u.Login), u.Company, u.Admin)
		if err != nil {
			return nil, err
		}
	}
	p := &product{db: db, mux: http.NewServeMux()}
	p.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "The product. Its help is below /support/.")
	})
	return p, nil
}

func hash(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// signedIn returns who sends a request, or nil.
func (p *product) signedIn(r *http.Request) (*user, error) {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return nil, nil
	}
	var u user
	err := p.db.GetContext(r.Context(), &u, `select login, company, admin from users where key_hash = $1`, hash(key))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &u, err
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, "127.0.0.1:8081", "host.db"); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, addr, file string) error {
	p, err := newProduct(ctx, file)
	if err != nil {
		return err
	}
	defer p.db.Close()
	keepFresh, err := addSupport(ctx, p)
	if err != nil {
		return err
	}
	go func() { _ = keepFresh(ctx) }()
	server := &http.Server{Addr: addr, Handler: p.mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { <-ctx.Done(); _ = server.Close() }()
	fmt.Println("serving http://" + addr)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
