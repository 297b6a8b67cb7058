using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;
using TimeSeries.Ui.Data;
using TimeSeries.Ui.Pages;
using TimeSeries.Ui.SignIn;

namespace TimeSeries.Ui;

/// <summary>Sets up the page. The host adds an <see cref="IPageReader"/>, a file system and the projects.</summary>
public static class UiSetup
{
    /// <summary>Adds what the page needs.</summary>
    public static IServiceCollection AddTimeSeriesUi(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSection<UiOptions>(UiOptions.Section);
        services.AddScheme<SessionHandler>(AuthenticationSetup.Session);
        if (!IsEnabled(configuration))
        {
            return services;
        }

        services.TryAddSingleton<SessionDirectory>();
        services.TryAddSingleton<SessionCookie>();
        services.TryAddSingleton<OneTimeCode>();
        services.AddDataProtection().SetApplicationName("TimeSeries");
        services.AddOptions<KeyManagementOptions>()
            .Configure<IServiceProvider>(static (keys, host) => keys.XmlRepository = host.GetRequiredService<SessionDirectory>());
        services.AddAntiforgery(static forms =>
        {
            forms.Cookie.Name = "timeseries-form";
            forms.SuppressXFrameOptionsHeader = true;
        });
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddScoped<AuthenticationStateProvider, SessionState>();
        services.AddCascadingAuthenticationState();
        services.TryAddSingleton<LiveBudget>();
        services.TryAddSingleton<SharedResults>();
        services.AddScoped<PageQueries>();
        services.AddSingleton<IngestWatch>();
        services.AddHostedService<FirstLink>();
        return services;
    }

    /// <summary>Adds the step that protects what the page sends. Call before the endpoints of other parts.</summary>
    public static IApplicationBuilder UseTimeSeriesUi(this IApplicationBuilder app) =>
        IsEnabled(app.ApplicationServices.GetRequiredService<IConfiguration>()) ? app.UseMiddleware<PageProtection>() : app;

    /// <summary>Maps the page, unless <c>Ui:Enabled</c> is false.</summary>
    public static IEndpointRouteBuilder MapTimeSeriesUi(this IEndpointRouteBuilder routes)
    {
        if (IsEnabled(routes.ServiceProvider.GetRequiredService<IConfiguration>()))
        {
            SignInEndpoints.Map(routes.MapGroup("").WithMetadata(new PagePart(IsForm: true)));
            routes.MapStaticAssets().WithMetadata(new ExcludeFromDescriptionAttribute());
            routes.MapRazorComponents<App>().AddInteractiveServerRenderMode()
                .DisableAntiforgery().RequireScope(Scopes.Read, AuthenticationSetup.Session).WithMetadata(new PagePart(IsForm: false));
        }

        return routes;
    }

    // Decides what the host is made of, before its options are validated.
    private static bool IsEnabled(IConfiguration configuration) =>
        FlagConverter.Find(configuration[$"{UiOptions.Section}:{nameof(UiOptions.Enabled)}"] ?? "") ?? new UiOptions().Enabled;
}
