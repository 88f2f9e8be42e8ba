package importkb

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/net/html"

	"github.com/stoa-go/stoa/internal/docfile"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb"
)

// Limits of documents.
const (
	maxDocument = 64 << 20 // bytes of the file
	maxPart     = 32 << 20 // bytes of a part of it
	maxNesting  = 200      // elements in each other
	maxElements = 2_000_000
)

// readDOCX reads a document as an article, with its pictures.
func readDOCX(b *kb.Bundle, fsys fs.FS, file string) {
	item, pictures, err := document(fsys, file)
	if err != nil {
		b.Problems = append(b.Problems, kb.NewProblem(file, 0, err))
		return
	}
	b.Items, b.Media = append(b.Items, item), append(b.Media, pictures...)
}

func document(fsys fs.FS, file string) (kb.Item, []kb.MediaItem, error) {
	data, err := readWhole(fsys, file, maxDocument)
	if err != nil {
		return kb.Item{}, nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return kb.Item{}, nil, faulty("not_docx", nil, "not a document of Word: %v", err)
	}
	d := &docx{zip: z, file: file, have: map[string]bool{}}
	if err := d.parts(); err != nil {
		return kb.Item{}, nil, err
	}
	root, err := xmlTree(z, "word/document.xml")
	if err != nil {
		return kb.Item{}, nil, err
	}
	if root == nil {
		return kb.Item{}, nil, faulty("not_docx", nil, "not a document of Word: it has no word/document.xml")
	}
	p := placeOf(file)
	item := kb.Item{External: p.ID, Locale: p.Lang, Category: p.Folder, Slug: kb.Slugify(p.Name), File: file, Path: file}
	page := d.page(root)
	item.Title = first(d.title, oneLine(d.core("title")), elementText(page, "h1"), p.Title())
	item.Summary = oneLine(d.core("description"))
	var faults [2]error
	item.Created, faults[0] = docfile.ParseDate(d.core("created"))
	item.Updated, faults[1] = docfile.ParseDate(d.core("modified"))
	item.Body = (&markup{title: item.Title}).text(page)
	return item, d.pictures, errors.Join(faults[:]...)
}

// A docx is a document that is being read.
type docx struct {
	zip      *zip.Reader
	file     string
	targets  map[string]string // of relations, by ID
	styles   map[string]string // ID to name, in small letters
	numbers  map[string]string // "numbering level" to its format
	info     *xmlNode          // about the document
	title    string            // in the style of titles
	have     map[string]bool   // pictures
	pictures []kb.MediaItem
}

// core returns what a document says of itself.
func (d *docx) core(name string) string {
	if n := d.info.first(name); n != nil {
		return n.words()
	}
	return ""
}

// parts reads what the text refers to.
func (d *docx) parts() (err error) {
	d.targets, d.styles, d.numbers = map[string]string{}, map[string]string{}, map[string]string{}
	var rels, styles, numbering *xmlNode
	for name, into := range map[string]**xmlNode{"word/_rels/document.xml.rels": &rels, "word/styles.xml": &styles, "word/numbering.xml": &numbering, "docProps/core.xml": &d.info} {
		if *into, err = xmlTree(d.zip, name); err != nil {
			return err
		}
	}
	for _, r := range rels.all("Relationship") {
		d.targets[r.attr("Id")] = r.attr("Target")
	}
	for _, s := range styles.all("style") {
		d.styles[s.attr("styleId")] = strings.ToLower(s.value("name"))
	}
	abstract := map[string]*xmlNode{}
	for _, a := range numbering.all("abstractNum") {
		abstract[a.attr("abstractNumId")] = a
	}
	for _, n := range numbering.all("num") {
		for _, l := range abstract[n.value("abstractNumId")].all("lvl") {
			d.numbers[n.attr("numId")+" "+l.attr("ilvl")] = l.value("numFmt")
		}
	}
	return nil
}

// picture returns where the text finds a picture of the document, or "".
func (d *docx) picture(id string) string {
	target := d.targets[id]
	name := path.Join("word", target)
	if strings.HasPrefix(target, "/") {
		name = strings.TrimPrefix(path.Clean(target), "/")
	}
	if target == "" || !pictureEnding(name) || !fs.ValidPath(name) {
		return ""
	}
	link := path.Base(d.file) + "/" + path.Base(name)
	if d.have[name] {
		return link
	}
	data, err := readWhole(d.zip, name, kb.MaxMedia)
	if err != nil {
		return ""
	}
	d.have[name] = true
	base := placeOf(d.file).Name + "-" + path.Base(name)
	d.pictures = append(d.pictures, kb.MediaItem{Name: mediaName(base), Path: path.Join(path.Dir(d.file), link), Data: data})
	return link
}

// page returns the text as HTML has it.
func (d *docx) page(root *xmlNode) *html.Node {
	body := element("body")
	if b := root.first("body"); b != nil {
		d.blocks(body, b)
	}
	return body
}

func element(name string, attrs ...html.Attribute) *html.Node {
	return &html.Node{Type: html.ElementNode, Data: name, Attr: attrs}
}

// An xmlNode is an element with what is in it, or a text (without a name).
type xmlNode struct {
	name  string
	text  string
	attrs []xml.Attr
	nodes []*xmlNode
}

// damaged returns the fault of a document of which a part cannot be read.
func damaged(part string, err error) error {
	if _, ok := errors.AsType[*errs.Says](err); ok {
		return fmt.Errorf("%s: %w", part, err)
	}
	return faulty("damaged", nil, "%s: %v", part, err)
}

// xmlTree reads a part of a document; nil if there is none.
func xmlTree(z *zip.Reader, name string) (*xmlNode, error) {
	data, err := readWhole(z, name, maxPart)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, damaged(name, err)
	}
	root, err := parseXML(data)
	if err != nil {
		return nil, damaged(name, err)
	}
	return root, nil
}

func parseXML(data []byte) (*xmlNode, error) {
	in := xml.NewDecoder(bytes.NewReader(data))
	root := &xmlNode{name: "#"}
	stack := []*xmlNode{root}
	for count := 0; ; count++ {
		if len(stack) > maxNesting || count > maxElements {
			return nil, errors.New("the document is nested too deeply, or too long")
		}
		token, err := in.Token()
		if len(stack) == 1 && errors.Is(err, io.EOF) {
			return root, nil
		}
		if err != nil {
			return nil, err
		}
		top := stack[len(stack)-1]
		switch t := token.(type) {
		case xml.Directive:
			return nil, errors.New("documents with definitions of their own are not read")
		case xml.StartElement:
			n := &xmlNode{name: t.Name.Local, attrs: t.Attr}
			top.nodes = append(top.nodes, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.nodes = append(top.nodes, &xmlNode{text: string(t)})
		}
	}
}
