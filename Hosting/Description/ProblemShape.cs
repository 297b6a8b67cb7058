using TimeSeries.Hosting.Web;

namespace TimeSeries.Hosting.Description;

/// <summary>How <see cref="Problem"/> looks.</summary>
public static class ProblemShape
{
    public const string Name = "Problem";

    /// <summary>The members that every problem has.</summary>
    public static Shape Shape { get; } = With();

    /// <summary>A problem with further members.</summary>
    public static Shape With(params ReadOnlySpan<Shape.Member> more) => Shape.Record(
    [
        ("type", Shape.OneOf("about:blank")),
        ("title", Shape.Text.Saying("The status in words.")),
        ("status", Shape.Integer with { Minimum = 400, Maximum = 599 }),
        ("detail", Shape.Text.Saying("What is wrong, and what would be right.")),
        .. more,
    ]) with
    { Description = "Problem details (RFC 9457)." };

    /// <summary>An answer of that status with a problem as its body.</summary>
    public static ApiAnswer Answer(int status, string description, string name = Name) =>
        new(status, description, new ApiContent(Problem.ContentType, Shape.Of(name)));
}
