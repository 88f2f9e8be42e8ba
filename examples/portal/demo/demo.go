// Package demo is the content of a fictional company, Kelvane, which makes
// wireless temperature and humidity monitoring: articles, pictures, people.
// WORLD.md says what is true there.
package demo

import (
	"embed"
	"io/fs"
	"time"

	"go.yaml.in/yaml/v3"
)

//go:embed articles media offers.json courses.json cases.json past.json categories.yaml people.yaml products.yaml things.yaml
var files embed.FS

// Files returns articles, pictures and categories as an importer reads them.
func Files() fs.FS { return files }

// A World is who and what there is besides articles.
type World struct {
	Accounts []Account
	People   []Person
	Products []Product
	Things   Things
}

// An Account is an organisation.
type Account struct {
	ID, Name, Plan, Country, About string
	Attributes                     map[string]any
}

// A Person is somebody who can be signed in as.
type Person struct {
	ID, Name, Email, Account, Locale, Zone, About string
	Roles                                         []string
	Attributes                                    map[string]any
}

// A Product is something that articles are about.
type Product struct {
	ID, Name, Group string
}

// Things are what customers have.
type Things struct {
	Products     []Installed
	Purchases    []Purchase
	Entitlements []Entitlement
}

// An Installed is a product that is installed somewhere.
type Installed struct {
	ID, Account, Person, Serial, Product, Name, Site string

	Installed time.Time
	Warranty  int // months
}

// A Purchase is an order.
type Purchase struct {
	ID, Account, Person, Status, Currency string

	At    time.Time
	Lines []Line
}

// A Line is a position of an order: a product, or whatever the title says.
type Line struct {
	Product, Title string

	N     int
	Price int64 // of the line, in the smallest unit
}

// An Entitlement is a support package. Minutes and Cases are what was granted
// and what is used.
type Entitlement struct {
	ID, Account, Person, Title, Level string

	Rank               int
	Channels, Products []string
	From, To           time.Time
	Minutes, Cases     []int
}

// Offers returns promotions and rules as JSON. The rules name categories by
// their English addresses.
func Offers() ([]byte, error) { return files.ReadFile("offers.json") }

// Read returns the world.
func Read() (World, error) {
	var w World
	for file, into := range map[string]any{"people.yaml": &w, "products.yaml": &w.Products, "things.yaml": &w.Things} {
		data, err := files.ReadFile(file)
		if err != nil {
			return w, err
		}
		if err := yaml.Unmarshal(data, into); err != nil {
			return w, err
		}
	}
	return w, nil
}

// Cases returns what the demo's customers ask, as JSON.
func Cases() ([]byte, error) { return files.ReadFile("cases.json") }

// Courses returns the demo's courses, as JSON.
func Courses() ([]byte, error) { return files.ReadFile("courses.json") }

// Past returns what visitors did in the weeks before the demo, as JSON.
func Past() ([]byte, error) { return files.ReadFile("past.json") }
