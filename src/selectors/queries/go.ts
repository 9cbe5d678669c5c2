export const goQuery = `
(function_declaration name: (_) @name parameters: (_) @parameters body: (_)? @body) @function
(method_declaration receiver: (parameter_list (parameter_declaration type: (_) @qualifier)) name: (_) @name parameters: (_) @parameters body: (_)? @body) @method

(type_spec name: (_) @name type: (_) @body) @type
(type_spec name: (_) @name type: (struct_type) @body) @struct
(type_spec name: (_) @name type: (interface_type) @body) @interface
(type_alias name: (_) @name type: (_) @body) @type
(type_declaration . (type_spec) @wrapped .) @wrapper
(type_declaration . (type_alias) @wrapped .) @wrapper
(method_elem name: (_) @name parameters: (_) @parameters) @method
(field_declaration name: (_) @name @field)
(field_declaration . name: (_) @name . type: (_)) @field

(const_spec name: (_) @name @constant)
(const_spec . name: (_) @name . value: (_)? @body) @constant
(const_declaration . (const_spec) @wrapped .) @wrapper
(var_spec name: (_) @name @variable)
(var_spec . name: (_) @name . value: (_)? @body) @variable
(var_spec . name: (_) @name . value: (expression_list . (func_literal parameters: (_) @parameters body: (_) @body))) @function
(var_declaration . (var_spec) @wrapped .) @wrapper

(import_spec name: (package_identifier) @name) @import
(import_spec !name path: (_) @name) @import

(comment) @comment
(func_literal) @opaque
`;
