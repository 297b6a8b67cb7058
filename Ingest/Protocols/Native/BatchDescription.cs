using Microsoft.OpenApi;
using TimeSeries.Hosting.OpenApi;
using static TimeSeries.Hosting.OpenApi.ApiElements;
using static TimeSeries.Hosting.OpenApi.JsonSchema;

namespace TimeSeries.Ingest.Protocols.Native;

/// <summary>Describes <see cref="NativeProtocol"/>; what a batch holds comes from the schema (<see cref="BatchSchemas"/>).</summary>
internal sealed class BatchDescription : IApiDescription
{
    private const string ResponseExample =
        """
        {"accepted":118,"rejected":1,"duplicates":0,"truncated":0,"duplicate":false,
        "errors":[{"kind":"transaction","index":7,"field":"elapsed","reason":"must be a number ≥ 0"}],
        "unknown":["transaction.elapsd"],"position":"00000000c0ffee00-4096"}
        """;

    public void AddTo(OpenApiDocument document)
    {
        document.AddOperations(
            "ingest", "Agents push batches of samples. A response of 200 means: on stable storage.",
            new DescribedOperation(HttpMethod.Post, NativeProtocol.Path, Push()));
        document.AddComponent("Batch", BatchSchemas.Batch());
        foreach ((string name, OpenApiSchema row) in BatchSchemas.Rows())
        {
            document.AddComponent(name, row);
        }

        document.AddComponent("BatchAnswer", BatchResponse());
        document.AddComponent("SampleError", SampleError());
        document.AddComponent("PushProblem", PushProblem());
    }

    private static OpenApiOperation Push() => new()
    {
        OperationId = "pushBatch",
        Summary = "Takes a batch of samples",
        Description = "A bad sample costs itself and is listed with its field and the reason; its neighbours are kept. "
            + "The body may be compressed with gzip, br or deflate.",
        Security = [SecuritySchemes.Bearer, SecuritySchemes.TokenAndPcode],
        Parameters = [InQuery("wait", Enum(["durable", "stored"], "durable"), "When to respond: once on stable storage, or once also written to the store.")],
        RequestBody = Body(
            "JSON or MessagePack, the same map in both.",
            Json(Ref("Batch"), BatchSchemas.Example), MsgPack(Ref("Batch")),
            Content("application/x-msgpack", Ref("Batch")), Content("application/vnd.msgpack", Ref("Batch"))),
        Responses = Responses(
            (200, Response("Stored, or partly: errors lists what was not.", Json(Ref("BatchAnswer"), ResponseExample), MsgPack(Ref("BatchAnswer")))),
            (400, Refusal("Not parsable, a bad envelope, or not one usable sample; sending it again does not help.")),
            (401, Refusal("No token, or an unknown one.")),
            (403, Refusal("The token lacks the scope ingest, or belongs to another project.")),
            (405, Refusal("Another method than POST.")),
            (408, RefusalForNow("The body came too slowly (Http:MinBodyRate, Http:BodyPause); send the same batch again after Retry-After.")),
            (413, Refusal("More than Ingest:MaxRequestBytes as sent or Ingest:MaxInflatedBytes inflated; split the batch.")),
            (415, Refusal("No or an unknown Content-Type, or an unknown Content-Encoding.")),
            (429, RefusalForNow("Too much is in flight, or the project exceeds a limit; send the same batch again after Retry-After.")),
            (500, Refusal("The server failed; its log says why.")),
            (503, RefusalForNow("The log or the store can't take it, or the server stops; send the same batch again after Retry-After."))),
    };

    private static OpenApiResponse Refusal(string description) => ProblemSchema.Response(description, "PushProblem");

    private static OpenApiResponse RefusalForNow(string description) => Refusal(description).WithHeaders(("Retry-After", Count(), "Seconds."));

    private static OpenApiSchema BatchResponse() => Object(
        ("accepted", Count()),
        ("rejected", Count("Exact, also when errors lists only some.")),
        ("duplicates", Count("Alerts whose id is known already.")),
        ("truncated", Count("Samples of which a text was cut.")),
        ("duplicate", Boolean("The batch's id is known already; the counts are the first one's.")),
        ("errors", Errors()),
        ("unknown", Array(String(), "Kinds and fields that are not known, each once.")),
        ("position", String()))
        .WithOptional(
            ("stored", Boolean("With wait=stored on a shared store: whether the samples are there.")),
            ("refused", Count("With wait=stored, where there are any: how many accepted samples the store has refused for good.")),
            ("unknownCount", Count("How many names are unknown, where unknown lists only the first 100.")));

    private static OpenApiSchema Errors() => Array(Ref("SampleError"), maxItems: 100);

    private static OpenApiSchema SampleError() => Object(
        ("kind", Enum(BatchSchemas.KindNames)),
        ("index", Count("Place among the samples of its kind in the body, from 0.")),
        ("field", String("The field at fault; null when it is the row as a whole.").OrNull()),
        ("reason", String("What would have been right.")))
        .WithOptional(
            ("value", String(
                "What was found instead, at most 64 code points, cut with …; a text in quotes where none belongs. Never of api_key and oauth_id.")));

    private static OpenApiSchema PushProblem() => ProblemSchema.Create().WithOptional(
        ("byteOffset", Count("Where in the body the trouble is.")),
        ("field", String("The envelope key, kind or field concerned.")),
        ("accepted", Integer(0, 0)),
        ("rejected", Count()),
        ("errors", Errors()),
        ("unknown", Array(String(), "Kinds and fields that are not known, each once.")),
        ("unknownCount", Count("How many they are, where unknown lists only the first 100.")),
        ("nearest", Map(String()).Described("For each of unknown the nearest name that is known.")));
}
