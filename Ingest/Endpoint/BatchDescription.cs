using TimeSeries.Hosting.Description;

namespace TimeSeries.Ingest.Endpoint;

/// <summary>Describes <see cref="BatchEndpoint"/>; what a batch holds comes from the schema (<see cref="SampleShapes"/>).</summary>
internal sealed class BatchDescription : IApiDescription
{
    private const string AnswerExample =
        """
        {"accepted":118,"rejected":1,"duplicates":0,"truncated":0,"duplicate":false,
        "errors":[{"kind":"transaction","index":7,"field":"elapsed","reason":"must be a number ≥ 0"}],"unknown":["transaction.elapsd"],"position":"00000000c0ffee00-4096"}
        """;

    private static readonly Shape _count = Shape.Count;

    private static readonly Shape.Member _errors = ("errors", Shape.List(Shape.Of("SampleError")) with { MaxItems = 100 });

    public ApiPart Describe() => new("ingest", "Agents push batches of samples. An answer of 200 means: on stable storage.")
    {
        Operations =
        [
            new ApiOperation("post", BatchEndpoint.Path)
            {
                Id = "pushBatch",
                Summary = "Takes a batch of samples",
                Description = "A bad sample costs itself and is listed with its field and the reason; its neighbours are kept. The body may be compressed with gzip, br or deflate.",
                Security = [KnownSchemes.WithBearer, KnownSchemes.WithPcode],
                Parameters =
                [
                    new ApiParameter("wait", ParameterPlace.Query, Shape.OneOf("durable", "stored") with { Default = "\"durable\"" })
                    {
                        Description = "When to answer: once on stable storage, or once also written to the store.",
                    },
                ],
                Body = new ApiBody("JSON or MessagePack, the same map in both.",
                [
                    new ApiContent(ApiContent.Json, Shape.Of("Batch"), SampleShapes.BatchExample),
                    new ApiContent(ApiContent.MessagePack, Shape.Of("Batch")),
                    new ApiContent("application/x-msgpack", Shape.Of("Batch")),
                    new ApiContent("application/vnd.msgpack", Shape.Of("Batch")),
                ]),
                Answers =
                [
                    new ApiAnswer(200, "Stored, or partly: errors lists what was not.",
                        new ApiContent(ApiContent.Json, Shape.Of("BatchAnswer"), AnswerExample), new ApiContent(ApiContent.MessagePack, Shape.Of("BatchAnswer"))),
                    Refusal(400, "Not parsable, a bad envelope, or not one usable sample; sending it again does not help."),
                    Refusal(401, "No token, or an unknown one."),
                    Refusal(403, "The token lacks the scope ingest, or belongs to another project."),
                    Refusal(405, "Another method than POST."),
                    Refusal(413, "More than Ingest:MaxRequestBytes as sent or Ingest:MaxInflatedBytes inflated; split the batch."),
                    Refusal(415, "No or an unknown Content-Type, or an unknown Content-Encoding."),
                    WithRetry(Refusal(429, "Too much is in flight; send the same batch again after Retry-After.")),
                    Refusal(500, "The server failed; its log says why."),
                    WithRetry(Refusal(503, "The log or the store can't take it, or the server stops; send the same batch again after Retry-After.")),
                ],
            },
        ],
        Schemas = [("Batch", SampleShapes.Batch()), .. SampleShapes.Kinds(), ("BatchAnswer", Answer()), ("SampleError", Error()), ("PushProblem", PushProblem())],
        Schemes = [KnownSchemes.Bearer, KnownSchemes.Token, KnownSchemes.Pcode],
    };

    private static Shape Answer() => Shape.Record(
        ("accepted", _count), ("rejected", _count.Saying("Exact, also when errors lists only some.")), ("duplicates", _count.Saying("Alerts whose id is known already.")),
        ("truncated", _count.Saying("Samples of which a text was cut.")), ("duplicate", Shape.Boolean.Saying("The batch's id is known already; the counts are the first one's.")),
        new Shape.Member("stored", Shape.Boolean.Saying("With wait=stored on a shared store: whether the samples are there."), IsOptional: true),
        _errors, ("unknown", Shape.List(Shape.Text).Saying("Kinds and fields that are not known, each once.")), ("position", Shape.Text));

    private static Shape Error() => Shape.Record(
        ("kind", Shape.OneOf([.. SampleShapes.KindNames])), ("index", _count.Saying("Place among the samples of its kind in the body, from 0.")),
        ("field", Shape.Text.OrNull().Saying("The field at fault; null when it is the row as a whole.")), ("reason", Shape.Text.Saying("What would have been right.")));

    private static Shape PushProblem() => ProblemShape.With(
        new Shape.Member("byteOffset", _count.Saying("Where in the body the trouble is."), IsOptional: true),
        new Shape.Member("field", Shape.Text.Saying("The envelope key, kind or field concerned."), IsOptional: true),
        new Shape.Member("accepted", Shape.Integer with { Minimum = 0, Maximum = 0 }, IsOptional: true),
        new Shape.Member("rejected", _count, IsOptional: true),
        _errors with { IsOptional = true });

    private static ApiAnswer Refusal(int status, string description) => ProblemShape.Answer(status, description, "PushProblem");

    private static ApiAnswer WithRetry(ApiAnswer answer) => answer with { Headers = [("Retry-After", Shape.Count, "Seconds.")] };
}
