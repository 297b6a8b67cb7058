using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TimeSeries.Core.Files;

namespace TimeSeries.Hosting.Web;

/// <summary><c>/healthz</c>: the process responds. <c>/readyz</c>: it makes progress. The body is ok, or the reason why not, and then what
/// operators should look at.</summary>
internal static class HealthEndpoints
{
    public static Task RespondHealthAsync(HttpContext context) => WriteAsync(context, null);

    public static Task RespondReadinessAsync(HttpContext context)
    {
        string? reason = null;
        foreach (IReadinessCheck check in context.RequestServices.GetServices<IReadinessCheck>())
        {
            reason ??= check.WhyNotReady();
        }

        return WriteAsync(context, reason, context.RequestServices.GetServices<IReadinessNote>().Select(note => note.Text));
    }

    private static Task WriteAsync(HttpContext context, string? reason, params IEnumerable<string?> notes)
    {
        context.Response.StatusCode = reason is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(
            string.Concat(notes.OfType<string>().Prepend(reason ?? "ok").Select(line => line + "\n")), context.RequestAborted);
    }
}

/// <summary>A part of the host that can say whether it makes progress: log, store. Thread safe and quick.</summary>
public interface IReadinessCheck
{
    /// <summary>Why the part can't do its work now, as a short sentence that gives nothing away; null when it can.</summary>
    string? WhyNotReady();
}

/// <summary>Something that operators should look at while the host makes progress. Thread safe and quick.</summary>
public interface IReadinessNote
{
    /// <summary>A line behind the state at <c>/readyz</c> that gives nothing away; null when there is nothing to see.</summary>
    string? Text { get; }
}

/// <summary>Tells of damage that was found in files.</summary>
public sealed class DamageNote(DamageRegister damage) : IReadinessNote
{
    public string? Text => damage.Summary;
}
