using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Ui.SignIn;

/// <summary>The endpoints where a browser signs in, with a token or the code of a link, changes its project and signs out.</summary>
internal static class SignInEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/login", (HttpContext context, string? returnUrl) => Show(context, returnUrl));
        routes.MapGet("/welcome", (HttpContext context, string? code) => ShowWelcome(context, code));
        routes.MapPost("/login", context => PostAsync(context, SignInAsync));
        routes.MapPost("/welcome", context => PostAsync(context, WelcomeAsync));
        routes.MapPost("/switch", context => PostAsync(context, SwitchAsync));
        routes.MapPost("/logout", context => PostAsync(context, SignOutAsync));
    }

    /// <summary>A path of this host, whatever the caller wrote: nobody is led elsewhere.</summary>
    internal static string LocalPath(string? path) => path is ['/', ..] && path is not ['/', '/' or '\\', ..] && !path.Any(char.IsControl) ? path : "/";

    private static async Task PostAsync(HttpContext context, Func<HttpContext, IFormCollection, Task> handle)
    {
        // A form that another page submits has no proof, and one of before a restart with other keys has none that is good.
        if (!context.Request.HasFormContentType || !await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context))
        {
            await Show(context, "/", "The form was too old. Please try once more.", StatusCodes.Status400BadRequest).ExecuteAsync(context);
            return;
        }

        await handle(context, await context.Request.ReadFormAsync(context.RequestAborted));
    }

    private static async Task SignInAsync(HttpContext context, IFormCollection form)
    {
        string returnUrl = LocalPath(form["returnUrl"]);
        ProjectDirectory projects = context.RequestServices.GetRequiredService<ProjectDirectory>();
        TokenCheck check = TokenAuthenticator.ReadToken(form["token"].ToString().Trim(), projects, Scopes.Read);
        if (!check.IsGranted)
        {
            await context.DelayWrongTokenAsync(check.Outcome);
            string fault = check.Outcome == TokenOutcome.NoScope
                ? "The token is right, but lacks the scope read."
                : "No project has this token.";
            await Show(context, returnUrl, fault, StatusCodes.Status401Unauthorized).ExecuteAsync(context);
            return;
        }

        context.RequestServices.GetRequiredService<SessionCookie>().Add(context, check.AuthenticatedProject);
        context.Response.Redirect(context.Request.PathBase + returnUrl);
    }

    private static async Task WelcomeAsync(HttpContext context, IFormCollection form)
    {
        if (context.RequestServices.GetRequiredService<OneTimeCode>().Spend(form["code"].ToString()) is not { } caller)
        {
            await context.DelayWrongTokenAsync();
            await Show(context, "/", "The link was used already or is older than ten minutes. A token signs in too.", StatusCodes.Status401Unauthorized)
                .ExecuteAsync(context);
            return;
        }

        context.RequestServices.GetRequiredService<SessionCookie>().Add(context, caller);
        context.Response.Redirect(context.Request.PathBase + "/");
    }

    private static Task SwitchAsync(HttpContext context, IFormCollection form)
    {
        if (long.TryParse(form["pcode"], out long pcode))
        {
            context.RequestServices.GetRequiredService<SessionCookie>().Switch(context, pcode);
        }

        context.Response.Redirect(context.Request.PathBase + "/");
        return Task.CompletedTask;
    }

    private static Task SignOutAsync(HttpContext context, IFormCollection form)
    {
        context.RequestServices.GetRequiredService<SessionCookie>().Delete(context);
        context.Response.Redirect(context.Request.PathBase + "/login");
        return Task.CompletedTask;
    }

    private static RazorComponentResult<SignInPage> ShowWelcome(HttpContext context, string? code) =>
        code is not null && context.RequestServices.GetRequiredService<OneTimeCode>().IsGood(code)
            ? Page(context, new() { [nameof(SignInPage.Code)] = code }, StatusCodes.Status200OK)
            : Show(context, "/", code is null ? null : "The link was used already or is older than ten minutes. A token signs in too.");

    private static RazorComponentResult<SignInPage> Show(
        HttpContext context, string? returnUrl, string? fault = null, int status = StatusCodes.Status200OK) => Page(
            context,
            new()
            {
                [nameof(SignInPage.ReturnUrl)] = LocalPath(returnUrl),
                [nameof(SignInPage.Fault)] = fault,
                [nameof(SignInPage.Projects)] = context.RequestServices.GetRequiredService<SessionCookie>().Find(context.Request)
                    ?.Callers.ConvertAll(caller => caller.Project) ?? [],
            },
            status);

    private static RazorComponentResult<SignInPage> Page(HttpContext context, Dictionary<string, object?> parameters, int status)
    {
        AntiforgeryTokenSet form = context.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context);
        parameters[nameof(SignInPage.Base)] = context.Request.PathBase.Value ?? "";
        parameters[nameof(SignInPage.FieldName)] = form.FormFieldName;
        parameters[nameof(SignInPage.FieldValue)] = form.RequestToken;
        return new RazorComponentResult<SignInPage>(parameters) { StatusCode = status };
    }
}
