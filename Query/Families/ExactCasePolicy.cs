using Microsoft.AspNetCore.Routing.Matching;
using Microsoft.AspNetCore.Routing.Patterns;

namespace TimeSeries.Query.Families;

/// <summary>Leaves out routes with <see cref="ExactCase"/> whose literals differ from the path in case, which routing itself ignores. Thread safe.</summary>
internal sealed class ExactCasePolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    public override int Order => 0;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) =>
        endpoints.Any(static endpoint => endpoint.Metadata.GetMetadata<ExactCase>() is not null);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        string[] path = httpContext.Request.Path.Value!.Split('/')[1..];
        for (int i = 0; i < candidates.Count; i++)
        {
            if (candidates[i].Endpoint is RouteEndpoint route && route.Metadata.GetMetadata<ExactCase>() is { } exact
                && !IsSame(route.RoutePattern.PathSegments, path, exact.PrefixSegments))
            {
                candidates.SetValidity(i, false);
            }
        }

        return Task.CompletedTask;
    }

    private static bool IsSame(IReadOnlyList<RoutePatternPathSegment> pattern, string[] path, int first)
    {
        for (int i = first; i < pattern.Count; i++)
        {
            if (pattern[i].Parts is [RoutePatternLiteralPart literal] && literal.Content != path[i])
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>Says of a route that its literals are compared letter by letter.</summary>
/// <param name="PrefixSegments">The segments at its start whose case is ignored.</param>
internal sealed record ExactCase(int PrefixSegments);
