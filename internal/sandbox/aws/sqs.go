package aws

import (
	"crypto/md5" //nolint:gosec // the protocol's checksum, not a protection
	"encoding/hex"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func sqsOperations() []operation {
	ops := []operation{
		{action: "CreateQueue", write: createQueue, resource: namedQueue},
		{action: "GetQueueUrl", read: getQueueURL, resource: namedQueue},
		{action: "ListQueues", read: listQueues},
		{action: "DeleteQueue", write: deleteQueue, resource: addressedQueue},
		{action: "GetQueueAttributes", read: getQueueAttributes, resource: addressedQueue},
		{action: "SendMessage", write: sendMessage, resource: addressedQueue},
		{action: "ReceiveMessage", write: receiveMessage, resource: addressedQueue},
		{action: "DeleteMessage", write: deleteMessage, resource: addressedQueue},
	}
	for i := range ops {
		ops[i].service = "sqs"
	}
	return ops
}

// arg is a parameter in either of the two protocols that SQS speaks.
func (c *call) arg(name string) string {
	switch v := c.in.json[name].(type) {
	case string:
		return v
	case float64:
		return strconv.Itoa(int(v))
	}
	return c.params.Get(name)
}

func (c *call) queueARN(name string) string {
	return "arn:" + c.partition + ":sqs:" + c.region + ":" + c.caller.Account + ":" + name
}

func namedQueue(c *call) string { return c.queueARN(c.arg("QueueName")) }

func addressedQueue(c *call) string { return c.queueARN(queueIn(c.arg("QueueUrl"))) }

// queueIn is the last part of a queue's URL.
func queueIn(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Path[strings.LastIndexByte(u.Path, '/')+1:]
	}
	return ""
}

func (c *call) queueURL(name string) string {
	base := c.cloud.base()
	if base == "" {
		base = "https://sqs." + c.region + ".amazonaws.com"
	}
	return base + "/" + c.caller.Account + "/" + name
}

func (c *call) queue(name string) (*world.Queue, error) {
	q, ok := c.account.Queues[c.region+"/"+name]
	if !ok {
		return nil, wire.AWSError("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")
	}
	return q, nil
}

var queueShape = shape.Of(`^[A-Za-z0-9_-]{1,80}(\.fifo)?$`)

func createQueue(c *call) (result, error) {
	name := c.arg("QueueName")
	if !queueShape(name) || len(name) > 80 {
		return result{}, wire.AWSError("InvalidParameterValue", "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
	}
	key := c.region + "/" + name
	if c.account.Queues == nil {
		c.account.Queues = map[string]*world.Queue{}
	}
	if _, ok := c.account.Queues[key]; !ok {
		c.account.Queues[key] = &world.Queue{Name: name, Region: c.region, Created: c.now}
	}
	return c.queueAnswer(name)
}

func (c *call) queueAnswer(name string) (result, error) {
	address := c.queueURL(name)
	return result{nodes: []wire.Node{wire.Text("QueueUrl", address)}, json: map[string]any{"QueueUrl": address}}, nil
}

func getQueueURL(c *call) (result, error) {
	q, err := c.queue(c.arg("QueueName"))
	if err != nil {
		return result{}, err
	}
	return c.queueAnswer(q.Name)
}

func listQueues(c *call) (result, error) {
	var out result
	var addresses []string
	for _, key := range slices.Sorted(maps.Keys(c.account.Queues)) {
		q := c.account.Queues[key]
		if q.Region == c.region && strings.HasPrefix(q.Name, c.arg("QueueNamePrefix")) {
			addresses = append(addresses, c.queueURL(q.Name))
			out.nodes = append(out.nodes, wire.Text("QueueUrl", c.queueURL(q.Name)))
		}
	}
	out.json = map[string]any{}
	if len(addresses) > 0 {
		out.json["QueueUrls"] = addresses
	}
	return out, nil
}

func deleteQueue(c *call) (result, error) {
	q, err := c.queue(queueIn(c.arg("QueueUrl")))
	if err != nil {
		return result{}, err
	}
	delete(c.account.Queues, c.region+"/"+q.Name)
	return result{json: map[string]any{}}, nil
}

func getQueueAttributes(c *call) (result, error) {
	q, err := c.queue(queueIn(c.arg("QueueUrl")))
	if err != nil {
		return result{}, err
	}
	attributes := map[string]string{
		"QueueArn": c.queueARN(q.Name), "ApproximateNumberOfMessages": strconv.Itoa(len(q.Messages)),
		"CreatedTimestamp": strconv.FormatInt(q.Created.Unix(), 10), "VisibilityTimeout": "30",
	}
	out := result{json: map[string]any{"Attributes": attributes}}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		out.nodes = append(out.nodes, wire.El("Attribute", wire.Text("Name", name), wire.Text("Value", attributes[name])))
	}
	return out, nil
}

func digest(body string) string {
	sum := md5.Sum([]byte(body)) //nolint:gosec // see above
	return hex.EncodeToString(sum[:])
}

const maxMessages = 1000 // per queue, so that a sandbox under load stays flat

func sendMessage(c *call) (result, error) {
	q, err := c.queue(queueIn(c.arg("QueueUrl")))
	if err != nil {
		return result{}, err
	}
	body := c.arg("MessageBody")
	switch {
	case body == "":
		return result{}, wire.AWSError("MissingParameter", "The request must contain the parameter MessageBody.")
	case len(body) > 1<<20:
		return result{}, wire.AWSError("InvalidParameterValue", "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.")
	case len(q.Messages) >= maxMessages:
		return result{}, wire.AWSError("OverLimit", fmt.Sprintf("The sandbox keeps %d messages per queue.", maxMessages))
	}
	m := world.Message{ID: c.state.UUID(), Body: body, Sent: c.now}
	q.Messages = append(q.Messages, m)
	return result{
		nodes: []wire.Node{wire.Text("MessageId", m.ID), wire.Text("MD5OfMessageBody", digest(body))},
		json:  map[string]any{"MessageId": m.ID, "MD5OfMessageBody": digest(body)},
	}, nil
}

func receiveMessage(c *call) (result, error) {
	q, err := c.queue(queueIn(c.arg("QueueUrl")))
	if err != nil {
		return result{}, err
	}
	most, err := strconv.Atoi(c.arg("MaxNumberOfMessages"))
	if err != nil {
		most = 1
	}
	out := result{json: map[string]any{}}
	var messages []map[string]any
	for i := range q.Messages {
		m := &q.Messages[i]
		if len(messages) == most || m.Hidden.After(c.now) {
			continue
		}
		m.Hidden, m.Receipt = c.now.Add(30*time.Second), c.state.UUID()
		messages = append(messages, map[string]any{"MessageId": m.ID, "ReceiptHandle": m.Receipt, "MD5OfBody": digest(m.Body), "Body": m.Body})
		out.nodes = append(out.nodes, wire.El("Message", wire.Text("MessageId", m.ID), wire.Text("ReceiptHandle", m.Receipt),
			wire.Text("MD5OfBody", digest(m.Body)), wire.Text("Body", m.Body)))
	}
	if len(messages) > 0 {
		out.json["Messages"] = messages
	}
	return out, nil
}

func deleteMessage(c *call) (result, error) {
	q, err := c.queue(queueIn(c.arg("QueueUrl")))
	if err != nil {
		return result{}, err
	}
	receipt := c.arg("ReceiptHandle")
	if receipt == "" {
		return result{}, wire.AWSError("MissingParameter", "The request must contain the parameter ReceiptHandle.")
	}
	q.Messages = slices.DeleteFunc(q.Messages, func(m world.Message) bool { return m.Receipt == receipt })
	return result{json: map[string]any{}}, nil
}
