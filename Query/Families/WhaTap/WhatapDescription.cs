using System.Globalization;
using Microsoft.OpenApi;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Query.Responses;
using static TimeSeries.Hosting.OpenApi.ApiElements;
using static TimeSeries.Hosting.OpenApi.JsonSchema;

namespace TimeSeries.Query.Families.WhaTap;

/// <summary>
/// Describes everything under <c>/open/api/json</c>. A path parameter can't be left out in OpenAPI, so each way to write a path is a path of its own.
/// </summary>
internal sealed class WhatapDescription : IApiDescription
{
    private const string AgentsDescription = "Ids of agents, signed 32-bit integers separated by commas.";

    // The paths of the five lists behind their names, with how many of the times they hold.
    private static readonly (string Path, string Id, int Times)[] _forms = [("", "", 0), ("/{stime}", "From", 1), ("/{stime}/{etime}", "Between", 2)];

    public void AddTo(OpenApiDocument document)
    {
        // A group a statistic, with every way to write its path.
        Add(document, "transaction", "Transactions per service. The service that took the most time together first.",
            Lists("transaction", "Transactions per service", "The service that took the most time together first.",
                "TransactionRecord", WhatapSchemas.TransactionExample));
        Add(document, "sql", "Statements per database and text. The slowest on average first.",
            Lists("sql", "Statements per database and text", "The slowest on average first.", "SqlRecord", WhatapSchemas.SqlExample));
        Add(document, "httpc", "HTTP calls, of all hosts or of one.",
            [
                .. Lists("httpc", "HTTP calls per url, host and port", "Those that took the most time together first.",
                    "HttpcRecord", WhatapSchemas.HttpcExample),
                .. Filtered(),
            ]);
        Add(document, "exception", "Exceptions per class and service. The most frequent first.",
            Lists("exception", "Exceptions per class and service", "The most frequent first.", "ExceptionRecord", WhatapSchemas.ExceptionExample));
        Add(document, "remote", "Transactions per client address. The busiest first.",
            Lists("remote", "Transactions per client address", "The busiest first; transactions without an address are left out.",
                "RemoteRecord", WhatapSchemas.RemoteExample));
        Add(document, "thread_count", "Threads per agent in windows of 5 minutes, or their mean.", Threads());
        WhatapSchemas.AddTo(document);
    }

    private static void Add(OpenApiDocument document, string statistic, string description, IEnumerable<DescribedOperation> operations) =>
        document.AddOperations(
            "whatap " + statistic, description + " WhaTap Open API: at most a day a query, at most 10,000 records a response (total counts all).", operations);

    private static IEnumerable<DescribedOperation> Lists(string name, string summary, string order, string record, string example) => _forms.Select(form =>
        Get($"/{name}{form.Path}", name + form.Id, summary, $"{Period(form.Times)} {order}", Times(form.Times),
            Response("The records.", Json(ListOf(record), example))));

    private static IEnumerable<DescribedOperation> Filtered() => _forms.Select(form => Get(
        $"/httpc{form.Path}/filter/host/{{host}}/port/{{port}}", "httpcOfHost" + form.Id, "HTTP calls of one host and port per url and service",
        $"{Period(form.Times)} Host and port are compared exactly; port 0 stands for a missing one.",
        [.. Times(form.Times), InPath("host", String(), "The host, percent-encoded."), InPath("port", Integer(0, 65_535), "The port.")],
        Response("The records.", Json(ListOf("FilteredHttpcRecord")))));

    private static IEnumerable<DescribedOperation> Threads()
    {
        foreach ((string path, string id, int times) in _forms)
        {
            OpenApiParameter average = InQuery("avg", String(), "There, and neither 0 nor false: the mean of all agents.");
            yield return Thread(path, id, times, SeriesOrMean(), [average, InQuery("oids", Agents(), AgentsDescription)]);
            yield return Thread(path + "/avg", "Mean" + id, times, Ref("ThreadCountMean"), [InQuery("oids", Agents(), AgentsDescription)],
                WhatapSchemas.ThreadCountExample);
            yield return Thread(path + "/avg/{oids}", "MeanOfAgents" + id, times, Ref("ThreadCountMean"), [InPath("oids", Agents(), AgentsDescription)]);
        }

        yield return Thread("/{stime}/{etime}/{oids}", "OfAgents", 2, SeriesOrMean(), [InPath("oids", Agents(), AgentsDescription)]);
    }

    private static DescribedOperation Thread(
        string path, string id, int times, IOpenApiSchema body, IEnumerable<OpenApiParameter> more, string? example = null) => Get(
            "/thread_count" + path, "threadCount" + id, "Threads per agent in 5-minute windows, or their mean",
            "The range is whole windows, from the one of stime to the one of etime, both included. " + Period(times),
            [.. Times(times), .. more], Response("The series; windows without samples are left out.", Json(body, example)));

    private static DescribedOperation Get(
        string path, string id, string summary, string description, IEnumerable<OpenApiParameter> parameters, OpenApiResponse success) =>
        new(HttpMethod.Get, WhatapModule.Prefix + path, new()
        {
            OperationId = "whatap" + char.ToUpperInvariant(id[0]) + id[1..],
            Summary = summary,
            Description = description,
            Security = [SecuritySchemes.TokenAndPcode],
            Parameters = [.. parameters],
            Responses = ErrorResponses.After(
                success.WithHeaders(
                    ("x-effective-stime", Time(), "Start of what was asked of the store, in ms."), ("x-effective-etime", Time(), "Its end, not included.")),
                Error,
                (400, "The project code is missing or no number, or a parameter is wrong."),
                (401, "The token is missing or unknown."),
                (403, "The token belongs to another project or lacks the scope read."),
                (404, "There is no such statistic, or the path has more parts than it takes.")),
        });

    private static KeyValuePair<string, OpenApiMediaType> Error(int status) =>
        Json(Ref("WhatapError"), string.Create(CultureInfo.InvariantCulture, $$"""{"code":{{status}},"message":"What is wrong.","msg":"What is wrong."}"""));

    private static OpenApiSchema ListOf(string record) => Object(
        ("records", Array(Ref(record), maxItems: 10_000)), ("total", Count("How many records there are in all.")));

    private static OpenApiSchema SeriesOrMean() => AnyOf(Ref("ThreadCount"), Ref("ThreadCountMean"));

    private static string Period(int times) => times switch
    {
        0 => "Without times: the last 5 minutes.",
        1 => "To now, or to a day after stime.",
        _ => "At most a day.",
    };

    // Times that are not in the path may be in the query string.
    private static IEnumerable<OpenApiParameter> Times(int inPath) =>
    [
        inPath > 0 ? InPath("stime", Milliseconds(), "Start of the range, included.", ExampleTime.HourBefore)
            : InQuery("stime", Milliseconds(), "Start of the range, included; the path wins."),
        inPath > 1 ? InPath("etime", Milliseconds(), "End of the range, not included.", ExampleTime.Now)
            : InQuery("etime", Milliseconds(), "End of the range, not included; at most a day after stime. By default now, or a day after stime."),
    ];

    private static OpenApiSchema Milliseconds() => Integer(1_000_000_000_000, 9_999_999_999_999, "Epoch milliseconds of exactly 13 digits.", "int64");

    private static OpenApiSchema Agents() => String(pattern: "^[+-]?[0-9]+(,[+-]?[0-9]+)*$");
}
