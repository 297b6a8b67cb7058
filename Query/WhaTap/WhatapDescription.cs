using System.Collections.Immutable;
using System.Globalization;
using TimeSeries.Hosting.Description;
using TimeSeries.Query.Families;

namespace TimeSeries.Query.WhaTap;

/// <summary>
/// Describes everything under <c>/open/api/json</c>. A path parameter can't be left out in OpenAPI, so each way to write a path is a path of its own.
/// </summary>
internal sealed class WhatapDescription : IApiDescription
{
    private static readonly Shape _milliseconds = (Shape.Integer with { Format = "int64", Minimum = 1_000_000_000_000, Maximum = 9_999_999_999_999 })
        .Saying("Epoch milliseconds of exactly 13 digits.");

    private static readonly Shape _agents = Shape.Text with { Pattern = "^[+-]?[0-9]+(,[+-]?[0-9]+)*$" };

    private static readonly ImmutableArray<ApiParameter> _timesInPath = [InPath("stime", _milliseconds, "Start of the range, included."), InPath("etime", _milliseconds, "End of the range, not included.")];

    private static readonly ImmutableArray<ApiParameter> _timesInQuery =
    [
        InQuery("stime", _milliseconds, "Start of the range, included; the path wins."),
        InQuery("etime", _milliseconds, "End of the range, not included; at most a day after stime. By default now, or a day after stime."),
    ];

    // The paths of the five lists behind their names, with how many of the times they hold.
    private static readonly (string Path, string Id, int Times)[] _forms = [("", "", 0), ("/{stime}", "From", 1), ("/{stime}/{etime}", "Between", 2)];

    public ApiPart Describe() => new("whatap", "WhaTap Open API, statistics: at most a day a question, at most 10,000 records an answer (total counts all).")
    {
        Operations =
        [
            .. Lists("transaction", "Transactions per service", "The service that took the most time together first.", "TransactionRecord", WhatapShapes.TransactionExample),
            .. Lists("sql", "Statements per database and text", "The slowest on average first.", "SqlRecord", WhatapShapes.SqlExample),
            .. Lists("httpc", "HTTP calls per url, host and port", "Those that took the most time together first.", "HttpcRecord", WhatapShapes.HttpcExample),
            .. Filtered(),
            .. Lists("exception", "Exceptions per class and service", "The most frequent first.", "ExceptionRecord", WhatapShapes.ExceptionExample),
            .. Lists("remote", "Transactions per client address", "The busiest first; transactions without an address are left out.", "RemoteRecord", WhatapShapes.RemoteExample),
            .. Threads(),
        ],
        Schemas = WhatapShapes.All,
        Schemes = [KnownSchemes.Token, KnownSchemes.Pcode],
    };

    private static IEnumerable<ApiOperation> Lists(string name, string summary, string order, string record, string example) => _forms.Select(form =>
        Get($"/{name}{form.Path}", name + form.Id, summary) with
        {
            Description = Period(form.Times) + " " + order,
            Parameters = Times(form.Times),
            Answers = Answers("The records.", ListOf(record), example),
        });

    private static IEnumerable<ApiOperation> Filtered() => _forms.Select(form =>
        Get($"/httpc{form.Path}/filter/host/{{host}}/port/{{port}}", "httpcOfHost" + form.Id, "HTTP calls of one host and port per url and service") with
        {
            Description = Period(form.Times) + " Host and port are compared exactly; port 0 stands for a missing one.",
            Parameters =
            [
                .. Times(form.Times),
                InPath("host", Shape.Text, "The host, percent-encoded."),
                InPath("port", Shape.Integer with { Minimum = 0, Maximum = 65_535 }, "The port."),
            ],
            Answers = Answers("The records.", ListOf("FilteredHttpcRecord"), null),
        });

    private static IEnumerable<ApiOperation> Threads()
    {
        foreach ((string path, string id, int times) in _forms)
        {
            yield return Thread(path, id, times, Shape.Either(Shape.Of("ThreadCount"), Shape.Of("ThreadCountMean")),
                [InQuery("avg", Shape.Text, "There, and neither 0 nor false: the mean of all agents."), AgentsInQuery()], null);
            yield return Thread(path + "/avg", "Mean" + id, times, Shape.Of("ThreadCountMean"), [AgentsInQuery()], WhatapShapes.ThreadCountExample);
            yield return Thread(path + "/avg/{oids}", "MeanOfAgents" + id, times, Shape.Of("ThreadCountMean"), [AgentsInPath()], null);
        }

        yield return Thread("/{stime}/{etime}/{oids}", "OfAgents", 2, Shape.Either(Shape.Of("ThreadCount"), Shape.Of("ThreadCountMean")), [AgentsInPath()], null);
    }

    private static ApiOperation Thread(string path, string id, int times, Shape answer, ImmutableArray<ApiParameter> more, string? example) =>
        Get("/thread_count" + path, "threadCount" + id, "Threads per agent in 5-minute windows, or their mean") with
        {
            Description = "The range is whole windows, from the one of stime to the one of etime, both included. " + Period(times),
            Parameters = [.. Times(times), .. more],
            Answers = Answers("The series; windows without samples are left out.", answer, example),
        };

    private static ApiOperation Get(string path, string id, string summary) => new("get", WhatapPath.Prefix + path)
    {
        Id = "whatap" + char.ToUpperInvariant(id[0]) + id[1..],
        Summary = summary,
        Security = [KnownSchemes.WithPcode],
        Answers = [],
    };

    private static ImmutableArray<ApiAnswer> Answers(string description, Shape body, string? example) =>
    [
        new ApiAnswer(200, description, new ApiContent(ApiContent.Json, body, example))
        {
            Headers = [("x-effective-stime", Shape.Time, "Start of what was asked of the store, in ms."), ("x-effective-etime", Shape.Time, "Its end, not included.")],
        },
        .. FamilyAnswers.Errors(
            Error,
            (400, "The project code is missing or no number, or a parameter is wrong."),
            (401, "The token is missing or unknown."),
            (403, "The token belongs to another project or lacks the scope read."),
            (404, "There is no such statistic, or the path has more parts than it takes.")),
    ];

    private static ApiContent Error(int status) => new(
        ApiContent.Json, Shape.Of("WhatapError"), string.Create(CultureInfo.InvariantCulture, $$"""{"code":{{status}},"message":"What is wrong.","msg":"What is wrong."}"""));

    private static Shape ListOf(string record) => Shape.Record(
        ("records", Shape.List(Shape.Of(record)) with { MaxItems = 10_000 }),
        ("total", Shape.Count.Saying("How many records there are in all.")));

    private static string Period(int times) => times switch
    {
        0 => "Without times: the last 5 minutes.",
        1 => "To now, or to a day after stime.",
        _ => "At most a day.",
    };

    private static ImmutableArray<ApiParameter> Times(int inPath) => inPath == 0 ? _timesInQuery : [.. _timesInPath[..inPath], .. _timesInQuery[inPath..]];

    private static ApiParameter AgentsInPath() => InPath("oids", _agents, "Ids of agents, signed 32-bit integers separated by commas.");

    private static ApiParameter AgentsInQuery() => InQuery("oids", _agents, "Ids of agents, signed 32-bit integers separated by commas.");

    private static ApiParameter InPath(string name, Shape shape, string description) => new(name, ParameterPlace.Path, shape) { Description = description };

    private static ApiParameter InQuery(string name, Shape shape, string description) => new(name, ParameterPlace.Query, shape) { Description = description };
}
