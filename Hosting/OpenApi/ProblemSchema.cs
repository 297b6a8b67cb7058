using Microsoft.OpenApi;
using TimeSeries.Hosting.Web;
using static TimeSeries.Hosting.OpenApi.JsonSchema;

namespace TimeSeries.Hosting.OpenApi;

/// <summary>How <see cref="Problem"/> looks. Every host describes it.</summary>
public static class ProblemSchema
{
    public const string Name = "Problem";

    /// <summary>The members that every problem has.</summary>
    public static OpenApiSchema Create() => Object(
        ("type", Enum(["about:blank"])),
        ("title", String("The status in words.")),
        ("status", Integer(400, 599)),
        ("detail", String("What is wrong, and what would be right."))).Described("Problem details (RFC 9457).");

    /// <summary>A response with a problem as its body.</summary>
    public static OpenApiResponse Response(string description, string schema = Name) =>
        ApiElements.Response(description, ApiElements.Content(Problem.ContentType, Ref(schema)));
}
