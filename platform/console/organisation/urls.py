from django.urls import URLPattern, path

from console.organisation import departments, ladders, posts, staff

_POST = "c/posts/<int:post_id>/"
_DEPARTMENT = "c/departments/<int:department_id>/"

urlpatterns: list[URLPattern] = [
    path("c/posts/", posts.Posts.as_view(), name="posts"),
    path("c/posts/new/", posts.NewPost.as_view(), name="posts-new"),
    path(_POST, posts.PostPage.as_view(), name="posts-post"),
    path(f"{_POST}edit/", posts.EditPost.as_view(), name="posts-edit"),
    path(f"{_POST}counts/", posts.ClassifyPost.as_view(), name="posts-counts"),
    path(f"{_POST}actions/", posts.PostActions.as_view(), name="posts-actions"),
    path(f"{_POST}active/", posts.PostState.as_view(), name="posts-active"),
    path("c/departments/", departments.Departments.as_view(), name="departments"),
    path("c/departments/new/", departments.NewDepartment.as_view(), name="departments-new"),
    path(f"{_DEPARTMENT}edit/", departments.EditDepartment.as_view(), name="departments-edit"),
    path(f"{_DEPARTMENT}head/", departments.NameHead.as_view(), name="departments-head"),
    path(f"{_DEPARTMENT}active/", departments.DepartmentState.as_view(), name="departments-active"),
    path("c/posts/ladders/", ladders.Ladders.as_view(), name="posts-ladders"),
    path("c/organisation/", staff.Chart.as_view(), name="organisation"),
    path("p/<int:project_id>/staff/", staff.Staff.as_view(), name="staff"),
]
