package wire

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"strconv"
	"time"
)

// Node is an XML element of a reply. The zero Node is left out.
type Node struct {
	Name string
	Text string
	Kids []Node
}

// El is an element with elements in it; without any it is written empty, as AWS writes empty lists.
func El(name string, kids ...Node) Node { return Node{Name: name, Kids: kids} }

// Text is an element with text.
func Text(name, text string) Node { return Node{Name: name, Text: text} }

// Some is Text, left out when there is none.
func Some(name, text string) Node {
	if text == "" {
		return Node{}
	}
	return Text(name, text)
}

// Flag is a boolean.
func Flag(name string, on bool) Node { return Text(name, strconv.FormatBool(on)) }

// Number is an integer.
func Number(name string, n int) Node { return Text(name, strconv.Itoa(n)) }

// Time is a moment as the Query services write it.
func Time(name string, t time.Time) Node { return Text(name, t.UTC().Format("2006-01-02T15:04:05Z")) }

// Millis is a moment as EC2 writes it.
func Millis(name string, t time.Time) Node {
	return Text(name, t.UTC().Format("2006-01-02T15:04:05.000Z"))
}

// List is an element whose kids all have the same name: "member" in the Query services, "item" in EC2.
func List(name, item string, kids ...Node) Node {
	for i := range kids {
		kids[i].Name = item
	}
	return El(name, kids...)
}

// Texts is a list of plain texts.
func Texts(name, item string, texts ...string) Node {
	kids := make([]Node, len(texts))
	for i, t := range texts {
		kids[i] = Text(item, t)
	}
	return El(name, kids...)
}

// WriteQuery answers a Query call: <ActionResponse><ActionResult>…</ActionResult><ResponseMetadata>….
func WriteQuery(w http.ResponseWriter, namespace, action, requestID string, result []Node) {
	root := El(action + "Response")
	if len(result) > 0 {
		root.Kids = append(root.Kids, El(action+"Result", result...))
	}
	root.Kids = append(root.Kids, El("ResponseMetadata", Text("RequestId", requestID)))
	w.Header().Set("X-Amzn-Requestid", requestID)
	writeXML(w, http.StatusOK, root, namespace)
}

// WriteEC2 answers an EC2 call: <ActionResponse><requestId>…</requestId>….
func WriteEC2(w http.ResponseWriter, namespace, action, requestID string, result []Node) {
	w.Header().Set("X-Amzn-Requestid", requestID)
	writeXML(w, http.StatusOK, El(action+"Response", append([]Node{Text("requestId", requestID)}, result...)...), namespace)
}

func writeXML(w http.ResponseWriter, status int, root Node, namespace string) {
	var out bytes.Buffer
	out.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	root.write(&out, namespace)
	w.Header().Set("Content-Type", "text/xml")
	w.Header().Set("Content-Length", strconv.Itoa(out.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes())
}

func (n Node) write(out *bytes.Buffer, namespace string) {
	if n.Name == "" {
		return
	}
	out.WriteString("<" + n.Name)
	if namespace != "" {
		out.WriteString(` xmlns="` + namespace + `"`)
	}
	out.WriteByte('>')
	_ = xml.EscapeText(out, []byte(n.Text))
	for _, kid := range n.Kids {
		kid.write(out, "")
	}
	out.WriteString("</" + n.Name + ">")
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
