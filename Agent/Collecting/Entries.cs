using System.Diagnostics;

namespace TimeSeries.Agent.Collecting;

/// <summary>Which activities become transactions.</summary>
internal static class Entries
{
    /// <summary>The activity that ASP.NET Core makes for a request.</summary>
    public const string HttpRequest = "Microsoft.AspNetCore.Hosting.HttpRequestIn";

    private const int MaxDepth = 64;

    /// <summary>Whether an activity is a request that is served, a message that is processed, or a job without a parent.</summary>
    public static bool IsEntry(Activity activity) => activity.Kind switch
    {
        ActivityKind.Server => true,
        ActivityKind.Consumer => !IsReceiving(activity),
        ActivityKind.Internal => activity.OperationName == HttpRequest || (activity.Parent is null && activity.ParentId is null),
        _ => false,
    };

    /// <summary>The nearest entry among an activity and its parents; null when there is none.</summary>
    public static Activity? Find(Activity? from)
    {
        Activity? at = from;
        for (int depth = 0; at is not null && depth < MaxDepth; depth++)
        {
            if (IsEntry(at))
            {
                return at;
            }

            at = at.Parent;
        }

        return null;
    }

    private static bool IsReceiving(Activity activity) =>
        (activity.GetTagItem("messaging.operation.type") ?? activity.GetTagItem("messaging.operation")) is "receive" or "settle";
}
